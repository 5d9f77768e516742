/** Results of cells as one table: their labels, and the plain fields of a JSON output. */
import { formatTable } from "../display/format.ts";
import { printable, printableLine } from "../display/printable.ts";
import type { Cell } from "../plan/cell.ts";
import type { Layout } from "../store/layout.ts";
import { readBlob } from "../store/objects.ts";
import type { ResultRecord } from "../store/record.ts";
import { namedAmounts } from "./plain_fields.ts";
import type { StageDeclaration } from "../config/study.ts";

/** One row: axis or field → value. */
export type ResultRow = Readonly<Record<string, string | number | boolean>>;

/** The output that a table is made of: `metrics`, else the first JSON file; `undefined` if none. */
export function tableOutput({ outputs }: StageDeclaration): string | undefined {
  const files = [...outputs.values()]
    .filter(({ kind, path }) => kind === "file" && path.endsWith(".json"));
  return (files.find(({ name }) => name === "metrics") ?? files[0])?.name;
}

/** One row for each cell that has a result. */
export function resultRows(
  layout: Layout,
  cells: readonly Cell[],
  results: ReadonlyMap<Cell, ResultRecord>,
): ResultRow[] {
  return cells.flatMap((cell): ResultRow[] => {
    const record = results.get(cell);
    if (!record) return [];
    const changed = [...cell.parameters].filter(([name, { origin }]) =>
      origin === "flag" && !Object.hasOwn(cell.labels, name)
    ).map(([name, { value }]) => [name, plain(value)] as const);
    const entries = Object.entries(resultFields(layout, cell, record));
    const fields = [...entries.flatMap(([, value]) => amountsOf(value)), ...entries]
      .filter(([name, value]) => isScalar(value) && !Object.hasOwn(cell.labels, name));
    const divergence = record.status === "diverged" ? { status: "diverged" } : {};
    return [{
      ...cell.labels,
      ...Object.fromEntries(changed),
      ...divergence,
      ...Object.fromEntries(fields) as ResultRow,
      ...divergence, // whatever the stage itself calls its status
    }];
  });
}

/**
 * Rows as a table with headings, and fields that are equal in all rows apart from it.
 *
 * @param labels Columns that stay in the table whatever they hold.
 */
export function tableOf(
  rows: readonly ResultRow[],
  labels: readonly string[],
): { table: (string | number)[][]; common: ResultRow } {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isCommon = (column: string) =>
    rows.length > 1 && !labels.includes(column) &&
    rows.every((row) => row[column] === rows[0]![column]);
  const kept = columns.filter((column) => !isCommon(column));
  const cellOf = (row: ResultRow, column: string) => {
    const value = row[column];
    return typeof value === "number" ? value : printableLine(String(value ?? "-"));
  };
  return {
    table: [kept, ...rows.map((row) => kept.map((column) => cellOf(row, column)))],
    common: Object.fromEntries(
      columns.filter(isCommon).map((column) => [column, rows[0]![column]!]),
    ),
  };
}

/** The table as text, with one line below it for what all rows share. */
export function formatResults(rows: readonly ResultRow[], labels: readonly string[]): string {
  const { table, common } = tableOf(rows, labels);
  const shared = Object.entries(common).map(([name, value]) => printableLine(`${name} ${value}`))
    .join(", ");
  return printable(formatTable(table) + (shared === "" ? "" : `in all: ${shared}\n`));
}

/**
 * The fields of the JSON output that a table is made of.
 *
 * @throws {DamagedObjectError} If the output is damaged.
 */
export function resultFields(
  layout: Layout,
  { stage }: Cell,
  record: ResultRecord,
): Readonly<Record<string, unknown>> {
  const output = tableOutput(stage);
  const digest = output === undefined ? undefined : record.outputs[output]?.digest;
  if (digest === undefined) return {};
  const text = new TextDecoder().decode(readBlob(layout, digest));
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {}; // A stage may call anything .json; a table is no reason to fail.
  }
}

/** What was measured, by the names in a list of such things: `bits`, `trace`. */
function amountsOf(value: unknown): [string, unknown][] {
  return Object.entries(namedAmounts(value) ?? {}).map(([name, { amount }]) => [name, amount]);
}

function isScalar(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function plain(value: unknown): string | number | boolean {
  return isScalar(value) ? value : JSON.stringify(value);
}

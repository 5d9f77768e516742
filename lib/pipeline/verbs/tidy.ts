/** `show --tidy`: one table of all cells, for notebooks; a row a cell, a column a thing. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { selectParameters } from "../plan/parameters.ts";
import type { Cell } from "../plan/cell.ts";
import type { Workspace } from "../run/workspace.ts";
import type { ResultRecord } from "../store/record.ts";
import { checkTarget, refusalText, shownName } from "../store/named_file.ts";
import { plainFields } from "./plain_fields.ts";
import { resultFields } from "./results_table.ts";

/** A value of the table; `null` where a cell has no such thing. */
export type TidyValue = string | number | boolean | null;

/** Columns by their names, each with one value a cell. */
export type TidyTable = ReadonlyMap<string, readonly TidyValue[]>;

/** Kinds of file that {@link writeTidy} knows, by the end of the name. */
export const TIDY_KINDS = [".csv", ".parquet"] as const;

/**
 * The table of cells that have results: `stage`, `cell`, `key`, `seconds`, the axes, the parameters as
 * `param.name`, and the plain fields of the results, those within others as `trace.mean` and
 * `measures.bits.amount`; lists have no place in a table. A field that is called like another column,
 * such as `seconds`, is `result.seconds`.
 */
export function tidyTable(
  { layout, modules, study }: Workspace,
  results: ReadonlyMap<Cell, ResultRecord>,
): TidyTable {
  const own = [...results].map(([cell, record]): Record<string, unknown> => {
    const parameters = selectParameters(cell, modules.get(cell.stage.module)!);
    return {
      profile: study.profile,
      stage: cell.stage.name,
      cell: cell.id,
      status: record.status,
      seconds: record.seconds,
      key: record.key,
      ...plainFields(cell.labels, "axis."),
      ...plainFields(parameters, "param."),
    };
  });
  const taken = new Set(own.flatMap((row) => Object.keys(row)));
  const rows = [...results].map(([cell, record], i): Record<string, unknown> => {
    const fields = plainFields(resultFields(layout, cell, record));
    const free = Object.entries(fields).map(([name, value]) =>
      [taken.has(name) ? `result.${name}` : name, value] as const
    );
    return { ...own[i], ...Object.fromEntries(free) };
  });
  const isPlain = (value: unknown) => typeof value !== "object";
  const names = [
    ...new Set(rows.flatMap((row) => Object.keys(row).filter((name) => isPlain(row[name])))),
  ];
  return new Map(names.map((name) => [name, rows.map((row) => valueOf(row[name]))]));
}

/** JSON has no NaN and no infinities: results have them as text. */
function valueOf(value: unknown): TidyValue {
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
}

/**
 * Writes the table as CSV or Parquet, by the end of the file's name.
 *
 * @throws {RangeError} If the name ends otherwise, or the file cannot be written.
 */
export function writeTidy(path: string, table: TidyTable): void {
  const kind = extname(path).toLowerCase();
  if (kind !== ".csv" && kind !== ".parquet") {
    throw new RangeError(
      `Cannot write ${shownName(path)}: want a name that ends in ${TIDY_KINDS.join(" or ")}`,
    );
  }
  checkTarget(path);
  const bytes = kind === ".csv" ? new TextEncoder().encode(tidyCsv(table)) : tidyParquet(table);
  const staged = join(dirname(path), `.${crypto.randomUUID()}`);
  try {
    writeFileSync(staged, bytes); // aside: on a full disk the table of before stays
    renameSync(staged, path);
  } catch (error) {
    rmSync(staged, { force: true });
    throw new RangeError(`Cannot write ${path}: ${refusalText(error)}; name another file`);
  }
}

/** CSV of RFC 4180, nothing where a cell has no such thing. */
export function tidyCsv(table: TidyTable): string {
  const columns = [...table];
  const count = columns[0]?.[1].length ?? 0;
  const field = (value: TidyValue) => {
    const text = value === null ? "" : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = Array.from(
    { length: count },
    (_, i) => columns.map(([, values]) => field(values[i]!)).join(","),
  );
  return [columns.map(([name]) => field(name)).join(","), ...lines, ""].join("\r\n");
}

/** Parquet: numbers as doubles, truths as booleans, and text for all that is mixed. */
export function tidyParquet(table: TidyTable): Uint8Array {
  const columnData = [...table].map(([name, values]) => {
    const present = values.filter((value) => value !== null);
    const isAll = (kind: string) =>
      present.length > 0 && present.every((value) => typeof value === kind);
    if (isAll("number")) {
      return { name, data: [...values], type: "DOUBLE" as const, nullable: true };
    }
    if (isAll("boolean")) {
      return { name, data: [...values], type: "BOOLEAN" as const, nullable: true };
    }
    const data = values.map((value) => value === null ? null : String(value));
    return { name, data, type: "STRING" as const, nullable: true };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** `diff A B`: in what two cells differ, from what they were made of to what came out. */
import { counted, formatTable } from "../display/format.ts";
import { printableLine } from "../display/printable.ts";
import { paletteOf } from "../display/terminal.ts";
import { differencesBetween, type KeyDifference } from "../key/explain.ts";
import type { Cell } from "../plan/cell.ts";
import { selectCells, withUpstream } from "../plan/select.ts";
import { lastResult } from "../run/inspect.ts";
import { planCells } from "../run/plan.ts";
import type { Workspace } from "../run/workspace.ts";
import { readKeyDocument } from "../store/attempt.ts";
import type { ResultRecord } from "../store/record.ts";
import { plainFields } from "./plain_fields.ts";
import { resultFields } from "./results_table.ts";
import { EXIT, type StudyContext, UsageError, writeJson } from "./verb.ts";

/** Lists of up to so many values are written out. */
const LISTED = 4;

/** Compares two cells. @returns The exit status. @throws {UsageError} If one has no result. */
export function diffVerb(
  a: string,
  b: string,
  context: StudyContext,
): number {
  const { terminal, workspace } = context;
  const [left, right] = [a, b].map((selector) => sideOf(workspace, selector));
  const made = differencesBetween(left!.document, right!.document);
  const came = fieldDifferences(plainFields(left!.fields), plainFields(right!.fields));
  const outputs = Object.keys({ ...left!.record.outputs, ...right!.record.outputs })
    .filter((name) => left!.record.outputs[name]?.digest !== right!.record.outputs[name]?.digest);
  if (context.json) {
    writeJson(terminal, {
      a: left!.cell.id,
      b: right!.cell.id,
      madeOf: made,
      fields: fieldDifferences(left!.fields, right!.fields),
      outputs,
    });
    return EXIT.ok;
  }
  const paint = paletteOf(terminal);
  const isSame = made.length + came.length + outputs.length === 0;
  if (isSame) {
    terminal.write(`${left!.cell.id} and ${right!.cell.id} are made of the same and equal\n`);
    return EXIT.ok;
  }
  const head = ["", left!.cell.id, right!.cell.id];
  const rows = differenceRows([...made, ...came]);
  terminal.write(formatTable([head, ...rows]));
  const bytes = outputs.length > 0 ? `other bytes in: ${outputs.join(", ")}` : "all outputs equal";
  terminal.write(`${paint.dim(bytes)}\n`);
  return EXIT.ok;
}

function sideOf(workspace: Workspace, selector: string) {
  const { graph, layout } = workspace;
  const [cell, ...others] = selectCells(graph, [selector]);
  if (others.length > 0) {
    throw new UsageError(
      `Cannot compare ${others.length + 1} cells at once; name one, as in \`${cell!.id}\``,
    );
  }
  const record = resultOf(workspace, cell!);
  const document = record && readKeyDocument(layout, record.attempt);
  if (!record || !document) {
    throw new UsageError(`Cannot compare ${cell!.id}: it has no result; run it first`);
  }
  return { cell: cell!, record, document, fields: resultFields(layout, cell!, record) };
}

/** The result of the study as it stands, else the latest one there was. */
function resultOf(workspace: Workspace, cell: Cell): ResultRecord | undefined {
  const planned = planCells(workspace, withUpstream(workspace.graph, [cell])).at(-1)!;
  return planned.state === "up to date" ? planned.record : lastResult(workspace, cell);
}

function fieldDifferences(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): KeyDifference[] {
  return Object.keys({ ...a, ...b })
    .filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]))
    .map((what) => ({ what, a: a[what], b: b[what] }));
}

/** A row for each difference: what it is of, and both values in few words. */
export function differenceRows(differences: readonly KeyDifference[]): (string | number)[][] {
  return differences.map(({ what, a, b }) => [what, text(a), text(b)]);
}

/** A value in a line: of a list how long it is, which fits beside others. */
function text(value: unknown): string | number {
  if (value === undefined) return "-";
  if (typeof value === "number") return value;
  if (Array.isArray(value) && value.some((each) => typeof each === "object")) {
    return counted(value.length, "row");
  }
  if (Array.isArray(value) && value.length > LISTED) return counted(value.length, "value");
  const written = typeof value === "string" ? value : JSON.stringify(value);
  return printableLine(written).replaceAll(/[0-9a-f]{64}/g, (digest) => digest.slice(0, 12));
}

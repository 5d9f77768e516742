/** Two models side by side: which is the sharper one, by each measure. */
import type { Measured } from "../measures/measure.ts";
import { MEASURE_NAMES, type MeasureName, MEASURES } from "../measures/measures.ts";
import type { Results } from "./run.ts";

/** One measure of two models. */
export interface ComparedMeasure {
  readonly measure: MeasureName;
  readonly title: string;
  /** With unit and standard error. */
  readonly values: readonly [string, string];
  readonly amounts: readonly [number, number];
  /** Index of the sharper model; `undefined` where they do not differ beyond the error. */
  readonly sharper: 0 | 1 | undefined;
}

/** Standard errors of a difference within which there is none. */
const ERRORS = 2;

/** Share of the larger amount within which two are one: maximisers and float32 give no more digits. */
const ROUNDING = 1e-3;

/** The measures that both have, in the order of the table. */
export function comparisonOf(
  first: Pick<Results, "measures">,
  second: Pick<Results, "measures">,
): ComparedMeasure[] {
  return MEASURE_NAMES.flatMap((measure) => {
    const [a, b] = [first.measures[measure], second.measures[measure]];
    if (!a || !b) return [];
    return [{
      measure,
      title: MEASURES[measure].title,
      values: [a.value, b.value] as const,
      amounts: [a.amount, b.amount] as const,
      sharper: sharperOf(MEASURES[measure].sharper, a, b),
    }];
  });
}

function sharperOf(sharper: "larger" | "smaller", a: Measured, b: Measured): 0 | 1 | undefined {
  const error = Math.hypot(a.standardError ?? 0, b.standardError ?? 0);
  const difference = a.amount - b.amount;
  const rounding = ROUNDING * Math.max(Math.abs(a.amount), Math.abs(b.amount));
  if (!(Math.abs(difference) > Math.max(ERRORS * error, rounding))) return undefined;
  return difference > 0 === (sharper === "larger") ? 0 : 1;
}

/** The comparison as a table of text; columns line up. */
export function comparisonLines(
  names: readonly [string, string],
  compared: readonly ComparedMeasure[],
): string[] {
  const rows = compared.map((row) => [row.title, ...row.values, verdictOf(names, row)]);
  const all = [["", ...names, "sharper"], ...rows];
  const widths = all[0]!.map((_, k) => Math.max(...all.map((row) => [...row[k]!].length)));
  return all.map((row) =>
    row.map((text, k) => text + " ".repeat(widths[k]! - [...text].length)).join("  ").trimEnd()
  );
}

/** Which is the sharper one, and by which factor where both amounts are positive. */
export function verdictOf(
  names: readonly [string, string],
  { amounts: [a, b], sharper }: Pick<ComparedMeasure, "amounts" | "sharper">,
): string {
  if (sharper === undefined) return "no difference";
  if (!(a > 0 && b > 0)) return names[sharper];
  return `${names[sharper]}, by ${Number((Math.max(a, b) / Math.min(a, b)).toPrecision(3))}`;
}

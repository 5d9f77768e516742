/** Two models side by side: which is the sharper one, by each measure. */
import type { KnownError } from "../measures/amount_error.ts";
import { MEASURE_NAMES, type MeasureName, MEASURES } from "../measures/measures.ts";
import type { Results } from "./run.ts";
import { differenceByChance } from "./student.ts";

/** One measure of two models. */
export interface ComparedMeasure {
  readonly measure: MeasureName;
  readonly title: string;
  /** With unit and standard error. */
  readonly values: readonly [string, string];
  readonly amounts: readonly [number, number];
  /** Index of the sharper model; `undefined` where they do not differ beyond the error. */
  readonly sharper: 0 | 1 | undefined;
  /** Why no error is known, and so no verdict. */
  readonly unknown?: string;
}

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
    const { title, sharper } = MEASURES[measure];
    const row = {
      measure,
      title,
      values: [a.value, b.value] as const,
      amounts: [a.amount, b.amount] as const,
    };
    if ("unknown" in a.error) return [{ ...row, sharper: undefined, ...a.error }];
    if ("unknown" in b.error) return [{ ...row, sharper: undefined, ...b.error }];
    const larger = largerOf(a.error, b.error);
    const smaller = larger === undefined ? undefined : larger === 0 ? 1 : 0;
    return [{ ...row, sharper: sharper === "larger" ? larger : smaller }];
  });
}

/** Index of the larger amount, where the two differ by more than is known of their errors. */
function largerOf(a: KnownError, b: KnownError): 0 | 1 | undefined {
  const [[leastA, mostA], [leastB, mostB]] = [a.range, b.range];
  const error = Math.max(
    differenceByChance(a.sampling, b.sampling),
    ROUNDING * Math.max(Math.abs(leastA), Math.abs(leastB)),
  );
  if (leastA - mostB > error) return 0;
  if (leastB - mostA > error) return 1;
  return undefined;
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
  { amounts: [a, b], sharper, unknown }: Pick<ComparedMeasure, "amounts" | "sharper" | "unknown">,
): string {
  if (unknown !== undefined) return `${unknown}: no error known`;
  if (sharper === undefined) return "no difference";
  if (!(a > 0 && b > 0)) return names[sharper];
  return `${names[sharper]}, by ${factorText(Math.max(a, b) / Math.min(a, b))}`;
}

/** Three digits, and one more where they would read 1: two that differ do so by over a thousandth. */
function factorText(factor: number): string {
  const [short, long] = [3, 4].map((digits) => Number(factor.toPrecision(digits)));
  return String(short === 1 ? long : short);
}

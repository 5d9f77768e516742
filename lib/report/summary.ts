import { from, op } from "arquero";

/** Mean over trials with its spread. */
export interface Summary {
  readonly mean: number;
  /** Sample standard deviation; absent for one trial. */
  readonly sd?: number;
  readonly n: number;
}

/** Sums up one number of each record; absent if no record has a finite one. */
export function summarise<T>(
  records: readonly T[],
  of: (record: T) => number,
): Summary | undefined {
  const values = records.map((record) => ({ value: of(record) }))
    .filter(({ value }) => Number.isFinite(value));
  if (values.length === 0) return undefined;
  const [row] = from(values)
    .rollup({ mean: op.mean("value"), sd: op.stdev("value"), n: op.count() })
    .objects() as [{ mean: number; sd: number | undefined; n: number }];
  return { mean: row.mean, n: row.n, ...(row.sd !== undefined && { sd: row.sd }) };
}

/**
 * `205.14 ± 69.52`, or `205.14` without a spread, with as many digits as a reader needs.
 *
 * @example
 * ```ts
 * import { showSummary } from "./summary.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(showSummary({ mean: 205.138, sd: 69.517 }), "205.14 ± 69.52");
 * assert.equal(showSummary({ mean: 0.000612, sd: 0.00021 }), "6.1e-4 ± 2.1e-4");
 * assert.equal(showSummary(undefined), "–");
 * ```
 */
export function showSummary(
  summary: { readonly mean: number; readonly sd?: number | undefined } | undefined,
): string {
  if (!summary) return "–";
  const { mean, sd } = summary;
  if (sd === undefined) return showNumber(mean);
  const decimals = decimalsOf(mean);
  // The spread to the digits of its mean, as the paper prints it.
  const spread = decimals !== undefined ? sd.toFixed(decimals) : sd === 0 ? "0" : showNumber(sd);
  return `${showNumber(mean)} ± ${spread}`;
}

/** `205.14 ± 69.52`: two decimals, as the paper prints its own numbers. */
export function showPublished(
  published: { readonly mean: number; readonly sd: number } | undefined,
): string {
  return published ? `${published.mean.toFixed(2)} ± ${published.sd.toFixed(2)}` : "–";
}

/** A difference in points, or another number to two decimals; none is `-0.00`. */
export function showPoints(value: number): string {
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text;
}

/** Two decimals, more for numbers below one, scientific below a thousandth. */
export function showNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const decimals = decimalsOf(value);
  if (decimals !== undefined) return value.toFixed(decimals);
  return value.toExponential(Math.abs(value) >= 1 ? 2 : 1);
}

function decimalsOf(value: number): number | undefined {
  // Rounded first, for 0.9996 to three decimals would be 1.000.
  const size = Math.abs(Number(value.toPrecision(3)));
  if (size >= 1e6 || (size < 1e-3 && size > 0)) return undefined;
  if (size >= 1 || size === 0) return 2;
  return size >= 1e-1 ? 3 : 4;
}

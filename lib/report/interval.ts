/** A mean with its 95 % confidence interval. */
export interface MeanInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** Student's t at 97.5 % for 1 to 30 degrees of freedom; beyond, the last is on the safe side. */
const STUDENT = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/**
 * Student's interval mean ± t · sd/√n, which holds the true mean in 95 % of all studies if the
 * values are independent and roughly normal. Absent for fewer than two values.
 *
 * SB and LB of a trial share their start and their shuffles, so their differences are to be
 * averaged, not their values compared.
 *
 * @example
 * ```ts
 * import { meanInterval } from "./interval.ts";
 * import assert from "node:assert/strict";
 *
 * const { mean, high } = meanInterval([1, 3])!;
 * assert.equal(mean, 2);
 * assert.ok(Math.abs(high - (2 + 12.706)) < 1e-12); // sd/√n = 1
 * ```
 */
export function meanInterval(values: readonly number[]): MeanInterval | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const reach = STUDENT[Math.min(n - 1, STUDENT.length) - 1]! * Math.sqrt(squares / (n - 1) / n);
  return { mean, low: mean - reach, high: mean + reach, n };
}

/** Whether the interval holds 0: then the sign of the mean says nothing. */
export function coversZero({ low, high }: MeanInterval): boolean {
  return low <= 0 && high >= 0;
}

/** One value for each trial that both lists have, in the order of the first. */
export function overPairs<T extends { readonly trial: number }>(
  first: readonly T[],
  second: readonly T[],
  value: (a: T, b: T) => number,
): number[] {
  return first.flatMap((a) => {
    const b = second.find(({ trial }) => trial === a.trial);
    return b ? [value(a, b)] : [];
  });
}

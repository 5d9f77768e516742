import { groupBy } from "./groups.ts";

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
 *
 * @param leastDeviation What the standard deviation is at least, see {@link gapDeviation}.
 */
export function meanInterval(
  values: readonly number[],
  leastDeviation = 0,
): MeanInterval | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = Math.max(leastDeviation ** 2, squares / (n - 1));
  const reach = STUDENT[Math.min(n - 1, STUDENT.length) - 1]! * Math.sqrt(variance / n);
  return { mean, low: mean - reach, high: mean + reach, n };
}

/** Whether the interval holds 0: then the sign of the mean says nothing. */
export function coversZero({ low, high }: MeanInterval): boolean {
  return low <= 0 && high >= 0;
}

/**
 * The sign that the trials settle: that of the mean, where its 95 % interval excludes 0; else 0.
 *
 * A value may be ±∞, as ln(LB/SB) is where one of them is 0. No interval has such a value, but where
 * its sign is the other one, nothing is settled; nor is it by a NaN, as of two zeros.
 */
export function settledSign(values: readonly number[], leastDeviation = 0): -1 | 0 | 1 {
  const interval = meanInterval(values.filter(Number.isFinite), leastDeviation);
  if (!interval || coversZero(interval)) return 0;
  const sign = interval.mean > 0 ? 1 : -1;
  const isDoubted = values.some((value) => !Number.isFinite(value) && Math.sign(value) !== sign);
  return isDoubted ? 0 : sign;
}

/**
 * Least standard deviation of a difference of two accuracies in percent. An accuracy is a multiple of
 * δ = 100/testCount. So a few differences may be equal by chance and say nothing of their spread; two
 * roundings to δ alone spread by δ/√6.
 */
export function gapDeviation(runs: readonly { readonly testCount: number }[]): number {
  return runs.length === 0 ? 0 : 100 / Math.min(...runs.map((run) => run.testCount)) / Math.sqrt(6);
}

/** Mean of some values; absent if there are none. */
export function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0
    ? undefined
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * One value for each trial that both lists have, in the order of the first.
 *
 * A trial that a list has more than once makes no pair: which run belongs to which is not known, and
 * runs of one trial are no independent ones.
 */
export function overPairs<T extends { readonly trial: number }, V>(
  first: readonly T[],
  second: readonly T[],
  value: (a: T, b: T) => V,
): V[] {
  const inFirst = groupBy(first, ({ trial }) => `${trial}`);
  const inSecond = groupBy(second, ({ trial }) => `${trial}`);
  return [...inFirst].flatMap(([trial, [a, ...others]]) => {
    const [b, ...more] = inSecond.get(trial) ?? [];
    return b && others.length + more.length === 0 ? [value(a!, b)] : [];
  });
}

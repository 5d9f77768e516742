/** How far two means have to be apart to differ. */

/** A standard error, and the degrees of freedom of its estimate. */
export interface Sampling {
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

/**
 * Student's t at 99.5 % for 1 to 30 degrees of freedom; beyond, the last is on the safe side.
 *
 * The two sides hold 1 %: a table has five or so sampled measures, so that about one in twenty tables
 * of one function twice has a difference, and not one in four as at 5 %.
 */
const STUDENT = [
  ...[63.657, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.25, 3.169],
  ...[3.106, 3.055, 3.012, 2.977, 2.947, 2.921, 2.898, 2.878, 2.861, 2.845],
  ...[2.831, 2.819, 2.807, 2.797, 2.787, 2.779, 2.771, 2.763, 2.756, 2.75],
];

/**
 * The difference of two means that chance exceeds once in a hundred, by Welch's test: the standard
 * errors may differ.
 *
 * - Source: Welch 1947, "The generalization of 'Student's' problem when several different population
 *   variances are involved", with Satterthwaite's degrees of freedom.
 *
 * @param a What was not sampled has no error.
 *
 * @example
 * ```ts
 * import { differenceByChance } from "./student.ts";
 * import assert from "node:assert/strict";
 *
 * const mean = { standardError: 1, degreesOfFreedom: 9 };
 * // Two alike have as many degrees of freedom as both together; next to an exact number, its own.
 * assert.equal(differenceByChance(mean, mean), 2.878 * Math.SQRT2);
 * assert.equal(differenceByChance(mean, undefined), 3.25);
 * ```
 */
export function differenceByChance(a: Sampling | undefined, b: Sampling | undefined): number {
  const means = [a, b].filter((each) => each !== undefined && each.standardError > 0) as Sampling[];
  if (means.length === 0) return 0;
  const variance = means.reduce((sum, { standardError }) => sum + standardError ** 2, 0);
  // Shares of the variance: squares of small errors would vanish.
  const perDegree = means.reduce(
    (sum, { standardError, degreesOfFreedom }) =>
      sum + (standardError ** 2 / variance) ** 2 / degreesOfFreedom,
    0,
  );
  // Rounding must not take a degree from two that are alike.
  const degrees = Math.floor(1 / perDegree * (1 + 1e-9));
  return STUDENT[Math.min(degrees, STUDENT.length) - 1]! * Math.sqrt(variance);
}

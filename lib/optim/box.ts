import { indexOfNonFinite } from "../linalg/vector.ts";
import type { Box } from "./objective.ts";

/**
 * Refuses a box that is no box of dimension n.
 *
 * @throws {TypeError} If a bound has not the length `dimension`.
 * @throws {RangeError} If l_i > u_i, or a bound is NaN.
 */
export function assertBox({ lower, upper }: Box, dimension: number): void {
  if (lower.length !== dimension || upper.length !== dimension) {
    throw new TypeError(
      `Cannot use a box of lower length ${lower.length} and upper length ${upper.length} ` +
        `on ${dimension} variables; give one lower and one upper bound per variable`,
    );
  }
  for (let i = 0; i < dimension; i++) {
    if (lower[i]! <= upper[i]!) continue;
    throw new RangeError(
      `Cannot use the box in coordinate ${i}: lower ${lower[i]}, upper ${upper[i]}; ` +
        `give lower ≤ upper, with ∓Infinity where there is no bound`,
    );
  }
}

/**
 * P(x), the point of the box nearest to x, as a new vector.
 *
 * @throws {RangeError} If a coordinate of P(x) is not finite.
 *
 * @example
 * ```ts
 * import { clipIntoBox } from "./box.ts";
 * import assert from "node:assert/strict";
 *
 * const box = { lower: Float64Array.of(0, 0, -Infinity), upper: Float64Array.of(1, 1, 1) };
 * assert.deepEqual([...clipIntoBox(Float64Array.of(-3, 0.5, -3), box)], [0, 0.5, -3]);
 * ```
 */
export function clipIntoBox(x: Float64Array, { lower, upper }: Box): Float64Array {
  const clipped = x.slice();
  for (let i = 0; i < x.length; i++) {
    if (x[i]! < lower[i]!) clipped[i] = lower[i]!;
    else if (x[i]! > upper[i]!) clipped[i] = upper[i]!;
  }
  const bad = indexOfNonFinite(clipped);
  if (bad < 0) return clipped;
  throw new RangeError(
    `Cannot start from coordinate ${bad}: ${x[bad]} in [${lower[bad]}, ${upper[bad]}]; ` +
      "give a finite start",
  );
}

/** Share of the coordinates of x which lie on a bound, in [0, 1]. */
export function activeShare(x: Float64Array, { lower, upper }: Box): number {
  let active = 0;
  for (let i = 0; i < x.length; i++) if (x[i] === lower[i] || x[i] === upper[i]) active++;
  return active / x.length;
}

/**
 * direction ← end − x, with its slope gᵀd and the largest t ≤ `limit` with x + t d in the box; x is
 * in it.
 *
 * @param direction Shape [n], as all vectors are.
 */
export function directionWithin(
  end: Float64Array,
  x: Float64Array,
  gradient: Float64Array,
  { lower, upper }: Box,
  limit: number,
  direction: Float64Array,
): { readonly slope: number; readonly largestStep: number } {
  let slope = 0;
  let largest = limit;
  for (let i = 0; i < x.length; i++) {
    const from = x[i]!;
    const d = end[i]! - from;
    direction[i] = d;
    slope += gradient[i]! * d;
    // Multiplied out and asked of both bounds: a division, and a branch on the sign of d, only where
    // the step really shrinks.
    const way = largest * d;
    if (way < lower[i]! - from) largest = (lower[i]! - from) / d;
    else if (way > upper[i]! - from) largest = (upper[i]! - from) / d;
  }
  return { slope, largestStep: largest };
}

/** Whether any coordinate has a bound, and whether every coordinate has two. */
export function boundedness({ lower, upper }: Box): { bounded: boolean; boxed: boolean } {
  let bounds = 0;
  for (let i = 0; i < lower.length; i++) {
    if (lower[i] !== -Infinity) bounds++;
    if (upper[i] !== Infinity) bounds++;
  }
  return { bounded: bounds > 0, boxed: bounds === 2 * lower.length };
}

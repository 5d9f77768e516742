/**
 * The coordinates along which f rises most within the box of Metric 2.1, by its quadratic model: those
 * with the largest ½ H_ii b_i², b_i = ε(|x_i| + 1). Their order does not depend on ε.
 *
 * @example
 * ```ts
 * import { sharpestCoordinates } from "./sharpest_coordinates.ts";
 * import assert from "node:assert/strict";
 *
 * // H_ii (|x_i| + 1)² is 2, 4, 9: the large weight makes up for its flat direction.
 * const found = sharpestCoordinates(Float64Array.of(0, 0, -2), Float64Array.of(2, 4, 1), 2);
 * assert.deepEqual(found, Uint32Array.of(1, 2));
 * ```
 *
 * @param x The minimiser, shape [n].
 * @param diagonal H_ii, shape [n]; NaN ranks lowest.
 * @param count How many; of equal ones the first.
 * @returns Their indices in ascending order, shape [count].
 * @throws {TypeError} If the diagonal has not as many entries as x.
 * @throws {RangeError} If `count` is not a whole number from 0 to n.
 */
export function sharpestCoordinates(
  x: Float64Array,
  diagonal: Float64Array,
  count: number,
): Uint32Array {
  const n = x.length;
  if (diagonal.length !== n) {
    throw new TypeError(
      `Cannot rank ${n} coordinates by a diagonal of ${diagonal.length} entries; give one for each`,
    );
  }
  if (!(Number.isInteger(count) && count >= 0 && count <= n)) {
    throw new RangeError(`Cannot find the ${count} sharpest of ${n} coordinates; give 0 to ${n}`);
  }
  const rises = diagonal.map((curvature, i) => {
    const rise = curvature * (Math.abs(x[i]!) + 1) ** 2;
    return Number.isNaN(rise) ? -Infinity : rise;
  });
  const least = rises.toSorted()[n - count] ?? Infinity;
  const above = rises.reduce((total, rise) => total + (rise > least ? 1 : 0), 0);
  let ties = count - above;
  const found = new Uint32Array(count);
  let size = 0;
  for (let i = 0; i < n && size < count; i++) {
    if (rises[i]! > least || (rises[i] === least && ties-- > 0)) found[size++] = i;
  }
  return found;
}

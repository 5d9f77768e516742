/**
 * Cholesky factors of small dense matrices. A matrix which is not positive definite is an ordinary
 * event to the callers, to whom it says that columns are dependent: the answer is a boolean, no error.
 *
 * @module
 */

/**
 * Overwrites the lower triangle of A with L, A = L Lᵀ; the strict upper triangle is left alone.
 *
 * @param a Symmetric, row-major, shape [order, order]; only its lower triangle is read.
 * @returns False if A is not numerically positive definite (or holds a NaN); `a` is then spoilt.
 *
 * @example
 * ```ts
 * import { choleskyInPlace } from "./cholesky.ts";
 * import assert from "node:assert/strict";
 *
 * const a = Float64Array.of(4, 2, 2, 5);
 * assert.ok(choleskyInPlace(a, 2));
 * assert.deepEqual([a[0], a[2], a[3]], [2, 1, 2]);
 * ```
 */
export function choleskyInPlace(a: Float64Array, order: number): boolean {
  for (let i = 0; i < order; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * order + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * order + k]! * a[j * order + k]!;
      if (j < i) {
        a[i * order + j] = sum / a[j * order + j]!;
      } else {
        if (!(sum > 0 && sum < Infinity)) return false;
        a[i * order + i] = Math.sqrt(sum);
      }
    }
  }
  return true;
}

/**
 * L of AᵀA = LLᵀ, if A's columns are numerically independent.
 *
 * Of dependent columns rounding may leave a pivot just above zero. Now l_ii² is the squared
 * distance of column i from those before; below p · 2⁻⁵² of the column's squared length it is
 * nothing but rounding.
 *
 * @param gram AᵀA, row-major, shape [order, order]; left unchanged.
 */
export function gramFactor(gram: Float64Array, order: number): Float64Array | undefined {
  const factor = gram.slice();
  if (!choleskyInPlace(factor, order)) return undefined;
  for (let i = 0; i < order; i++) {
    const at = i * order + i;
    if (factor[at]! ** 2 <= order * Number.EPSILON * gram[at]!) return undefined;
  }
  return factor;
}

/** Solves L z = b in place; L is the lower triangle of `factor`, shape [order, order]. */
export function solveLowerInPlace(factor: Float64Array, order: number, b: Float64Array): void {
  for (let i = 0; i < order; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i * order + k]! * b[k]!;
    b[i] = sum / factor[i * order + i]!;
  }
}

/** Solves Lᵀ z = b in place; L is the lower triangle of `factor`, shape [order, order]. */
export function solveLowerTransposedInPlace(
  factor: Float64Array,
  order: number,
  b: Float64Array,
): void {
  for (let i = order - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < order; k++) sum -= factor[k * order + i]! * b[k]!;
    b[i] = sum / factor[i * order + i]!;
  }
}

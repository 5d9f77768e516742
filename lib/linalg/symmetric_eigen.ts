/** A = V diag(values) Vᵀ of a symmetric matrix. */
export interface SymmetricEigen {
  /** Ascending, length n. */
  readonly values: Float64Array;
  /** Row k is the unit eigenvector of `values[k]`; row-major [n, n]. */
  readonly vectors: Float64Array;
}

/** Sweeps after which Jacobi's method has long converged: it is quadratic in the end. */
const MOST_SWEEPS = 60;

/**
 * All eigenvalues and eigenvectors of a small dense symmetric matrix, by Jacobi's rotations.
 *
 * Source: Golub & Van Loan 2013, _Matrix Computations_, §8.5. O(n³) a sweep; chosen for its
 * accuracy, which for n up to some hundreds is worth more than speed.
 *
 * @param matrix Row-major [n, n]; the upper triangle is used, and nothing is changed.
 * @throws {RangeError} If an entry is not finite.
 *
 * @example
 * ```ts
 * import { symmetricEigen } from "./symmetric_eigen.ts";
 * import assert from "node:assert/strict";
 *
 * const { values } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
 * assert.ok(Math.abs(values[0]! - 1) < 1e-15 && Math.abs(values[1]! - 3) < 1e-15);
 * ```
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    v[i * n + i] = 1;
    for (let j = 0; j < i; j++) a[i * n + j] = a[j * n + i]!;
  }
  const size = Math.hypot(...Array.from({ length: n }, (_, i) => rowNorm(a, n, i)));
  if (!Number.isFinite(size)) {
    throw new RangeError("Cannot decompose a matrix with entries that are not finite");
  }
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let largest = 0;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        largest = Math.max(largest, Math.abs(a[p * n + q]!));
        rotate(a, v, n, p, q);
      }
    }
    if (largest <= Number.EPSILON * 1e-2 * size) break;
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) =>
    a[i * n + i]! - a[j * n + j]!
  );
  const vectors = new Float64Array(n * n);
  order.forEach((source, k) => vectors.set(v.subarray(source * n, (source + 1) * n), k * n));
  return { values: Float64Array.from(order, (i) => a[i * n + i]!), vectors };
}

function rowNorm(a: Float64Array, n: number, i: number): number {
  return Math.hypot(...a.subarray(i * n, (i + 1) * n));
}

/** Rotates rows and columns p and q so that a_pq becomes 0; v collects the rotations as rows. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const off = a[p * n + q]!;
  if (off === 0) return;
  const tau = (a[q * n + q]! - a[p * n + p]!) / (2 * off);
  // The smaller root of t² + 2τt − 1 = 0: the rotation by at most 45°.
  const t = Math.sign(tau || 1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[k * n + p]!, a[k * n + q]!];
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  for (const m of [a, v]) {
    for (let k = 0; k < n; k++) {
      const [x, y] = [m[p * n + k]!, m[q * n + k]!];
      m[p * n + k] = c * x - s * y;
      m[q * n + k] = s * x + c * y;
    }
  }
}

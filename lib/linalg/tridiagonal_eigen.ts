/** Eigenvalues of a symmetric tridiagonal matrix, and what was rotated along with them. */
export interface TridiagonalEigen {
  /** Ascending, shape [n]. */
  readonly values: Float64Array;
  /** SᵀV for the V given, T = S diag(values) Sᵀ; row-major [n, width]. */
  readonly rotated: Float64Array;
}

/** QR steps per eigenvalue before giving up; two or three are usual. */
const MOST_STEPS = 60;

/**
 * Eigenvalues of a symmetric tridiagonal T = S diag(θ) Sᵀ by implicit QR steps with Wilkinson's
 * shift, together with SᵀV for a given V.
 *
 * V = I gives all eigenvectors, in rows, at O(n³). The columns e₁ and e_n of I give the first and
 * last component of each, at O(n²): Lanczos' weights and residuals need no more.
 *
 * Source: Golub and Van Loan 2013, Matrix Computations, algorithms 8.3.2 and 8.3.3.
 *
 * @param diagonal Shape [n]; left unchanged.
 * @param offDiagonal T_{k,k+1}, shape [n − 1] or longer; left unchanged.
 * @param v V, row-major [n, width]; left unchanged.
 * @throws {RangeError} If an entry of T is not finite.
 *
 * @example The first components of the two eigenvectors of [[0, 1], [1, 0]]
 * ```ts
 * import { tridiagonalEigen } from "./tridiagonal_eigen.ts";
 * import assert from "node:assert/strict";
 *
 * const first = Float64Array.of(1, 0);
 * const { values, rotated } = tridiagonalEigen(new Float64Array(2), Float64Array.of(1), first);
 * assert.ok(Math.abs(values[0]! + 1) < 1e-15 && Math.abs(values[1]! - 1) < 1e-15);
 * assert.ok(Math.abs(rotated[0]! ** 2 - 0.5) < 1e-15);
 * ```
 */
export function tridiagonalEigen(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  v: Float64Array,
): TridiagonalEigen {
  const n = diagonal.length;
  const d = diagonal.slice();
  const e = offDiagonal.slice(0, Math.max(0, n - 1));
  if (!d.every(Number.isFinite) || !e.every(Number.isFinite)) {
    throw new RangeError(
      "Cannot decompose a matrix with entries that are not finite; give finite ones",
    );
  }
  const rows = v.slice();
  const width = n === 0 ? 0 : v.length / n;
  let steps = MOST_STEPS * n;
  for (let high = n - 1; high > 0;) {
    if (isNegligible(d, e, high - 1)) {
      high--;
      continue;
    }
    let low = high - 1;
    while (low > 0 && !isNegligible(d, e, low - 1)) low--;
    if (steps-- === 0) {
      throw new RangeError(
        "Cannot decompose a matrix: QR steps do not converge; give entries of one scale",
      );
    }
    qrStep(d, e, rows, width, low, high);
  }
  return sorted(d, rows, width);
}

function isNegligible(d: Float64Array, e: Float64Array, k: number): boolean {
  return Math.abs(e[k]!) <= Number.EPSILON * (Math.abs(d[k]!) + Math.abs(d[k + 1]!));
}

/** One implicit QR step on the unreduced block from `low` to `high`, chasing the bulge down. */
function qrStep(
  d: Float64Array,
  e: Float64Array,
  rows: Float64Array,
  width: number,
  low: number,
  high: number,
): void {
  // The eigenvalue of the last 2 × 2 block nearest to its last entry.
  const half = (d[high - 1]! - d[high]!) / 2;
  const last = e[high - 1]!;
  const shift = d[high]! -
    last * (last / (half + (half < 0 ? -1 : 1) * Math.hypot(half, last)));
  let x = d[low]! - shift;
  let bulge = e[low]!;
  for (let k = low; k < high; k++) {
    const r = Math.hypot(x, bulge);
    const c = r === 0 ? 1 : x / r;
    const s = r === 0 ? 0 : bulge / r;
    if (k > low) e[k - 1] = r;
    const [a, b, g] = [d[k]!, e[k]!, d[k + 1]!];
    // One transfer for both: their sum, the trace, is kept to the last bit but one.
    const transfer = s * (s * (g - a) + 2 * c * b);
    d[k] = a + transfer;
    d[k + 1] = g - transfer;
    e[k] = c * s * (g - a) + (c - s) * (c + s) * b;
    if (k + 1 < high) {
      x = e[k]!;
      bulge = s * e[k + 1]!;
      e[k + 1] = c * e[k + 1]!;
    }
    rotateRows(rows, width, k, c, s);
  }
}

/** Rows k and k + 1 become c v_k + s v_{k+1} and c v_{k+1} − s v_k. */
function rotateRows(rows: Float64Array, width: number, k: number, c: number, s: number): void {
  const upper = k * width;
  const lower = upper + width;
  for (let j = 0; j < width; j++) {
    const [p, q] = [rows[upper + j]!, rows[lower + j]!];
    rows[upper + j] = c * p + s * q;
    rows[lower + j] = c * q - s * p;
  }
}

function sorted(d: Float64Array, rows: Float64Array, width: number): TridiagonalEigen {
  const order = Array.from(d.keys()).sort((i, j) => d[i]! - d[j]!);
  const rotated = new Float64Array(rows.length);
  order.forEach((from, to) =>
    rotated.set(rows.subarray(from * width, (from + 1) * width), to * width)
  );
  return { values: Float64Array.from(order, (i) => d[i]!), rotated };
}

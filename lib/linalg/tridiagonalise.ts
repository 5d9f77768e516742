/** A = Q T Qᵀ with T symmetric tridiagonal. */
export interface Tridiagonalisation {
  /** T_kk, shape [n]. */
  readonly diagonal: Float64Array;
  /** T_{k,k+1}, shape [n − 1] (empty for n = 0). */
  readonly offDiagonal: Float64Array;
  /** Qᵀ, row-major [n, n]: row k is the k-th column of Q. */
  readonly transform: Float64Array;
}

/**
 * Reduces a symmetric matrix to tridiagonal form by n − 2 Householder reflections
 * I − β v vᵀ, each of which clears a column below its subdiagonal.
 *
 * Source: Golub and Van Loan 2013, Matrix Computations, algorithms 5.1.1 and 8.3.1.
 *
 * @param matrix Symmetric, row-major [n, n]; left unchanged.
 */
export function tridiagonalise(matrix: Float64Array, n: number): Tridiagonalisation {
  const a = matrix.slice();
  const offDiagonal = new Float64Array(Math.max(0, n - 1));
  const betas = new Float64Array(n);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k + 1 < n; k++) {
    for (let i = k + 1; i < n; i++) v[i] = a[i * n + k]!;
    const { beta, image } = reflector(v, k + 1);
    offDiagonal[k] = image;
    betas[k] = beta;
    // Row k right of the diagonal is not needed any more: keep v there for Q.
    for (let i = k + 1; i < n; i++) a[k * n + i] = v[i]!;
    if (beta !== 0) reflectBothSides(a, n, k + 1, v, beta, w);
  }
  return {
    diagonal: Float64Array.from({ length: n }, (_, k) => a[k * n + k]!),
    offDiagonal,
    transform: accumulated(a, n, betas),
  };
}

/**
 * Turns v[from…] = x into the vector of the reflection that maps x to (image, 0, …, 0).
 *
 * β = 0 where x is such a vector already.
 */
function reflector(v: Float64Array, from: number): { beta: number; image: number } {
  const first = v[from]!;
  let tail = 0;
  for (let i = from + 1; i < v.length; i++) tail = Math.hypot(tail, v[i]!);
  if (tail === 0) return { beta: 0, image: first };
  const length = Math.hypot(first, tail);
  // The sign that adds: v₁ = x₁ − image without cancellation.
  const image = first < 0 ? length : -length;
  const head = first - image;
  v[from] = 1;
  for (let i = from + 1; i < v.length; i++) v[i]! /= head;
  return { beta: -head / image, image };
}

/** B ← (I − βvvᵀ) B (I − βvvᵀ) for the block B of rows and columns from `from`. */
function reflectBothSides(
  a: Float64Array,
  n: number,
  from: number,
  v: Float64Array,
  beta: number,
  w: Float64Array,
): void {
  let overlap = 0;
  for (let i = from; i < n; i++) {
    let sum = 0;
    for (let j = from; j < n; j++) sum += a[i * n + j]! * v[j]!;
    w[i] = beta * sum;
    overlap += w[i]! * v[i]!;
  }
  const share = beta * overlap / 2;
  for (let i = from; i < n; i++) w[i]! -= share * v[i]!;
  for (let i = from; i < n; i++) {
    const [vi, wi] = [v[i]!, w[i]!];
    for (let j = from; j < n; j++) a[i * n + j]! -= vi * w[j]! + wi * v[j]!;
  }
}

/** Qᵀ = … H₁ H₀ from the reflections' vectors above the diagonal of `a`, last one first. */
function accumulated(a: Float64Array, n: number, betas: Float64Array): Float64Array {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let k = n - 2; k >= 0; k--) {
    if (betas[k] === 0) continue;
    // Rows of Qᵀ are columns of Q = H₀ (H₁ …): each row r becomes r − β (r·v) v.
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += q[i * n + j]! * a[k * n + j]!;
      sum *= betas[k]!;
      for (let j = k + 1; j < n; j++) q[i * n + j]! -= sum * a[k * n + j]!;
    }
  }
  return q;
}

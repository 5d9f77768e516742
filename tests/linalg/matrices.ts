import { stream } from "../../lib/random/stream.ts";

/** tridiag(−1, 2, −1), row-major [n, n]. */
export function laplacian(n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    matrix[i * n + i] = 2;
    if (i > 0) matrix[i * n + i - 1] = matrix[(i - 1) * n + i] = -1;
  }
  return matrix;
}

/** Its eigenvalues 2 − 2 cos(kπ / (n + 1)), ascending. */
export function laplacianValues(n: number): Float64Array {
  // 4 sin²(φ/2) is the same without cancellation.
  return Float64Array.from(
    { length: n },
    (_, k) => 4 * Math.sin((k + 1) * Math.PI / (2 * n + 2)) ** 2,
  );
}

/** Symmetric with entries of N(0, 1), row-major [n, n]. */
export function randomSymmetric(n: number, seed: number): Float64Array {
  const entries = new Float64Array(n * n);
  stream(seed, "symmetric matrix", n).fillNormal(entries, 0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) entries[i * n + j] = entries[j * n + i]!;
  }
  return entries;
}

/** The product of two row-major [n, n] matrices by its definition. */
export function squareProduct(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) product[i * n + j]! += a[i * n + k]! * b[k * n + j]!;
    }
  }
  return product;
}

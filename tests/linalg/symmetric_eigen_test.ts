import assert from "node:assert/strict";
import { symmetricEigen } from "../../lib/linalg/symmetric_eigen.ts";
import { assertClose } from "../support/assert_close.ts";
import { laplacian, laplacianValues, randomSymmetric, squareProduct } from "./matrices.ts";

/** Largest entry of |VᵀDV − A| / ‖A‖ and of |VVᵀ − I|, V with the eigenvectors in its rows. */
function reconstructionErrors(matrix: Float64Array, n: number): [number, number] {
  const { values, vectors } = symmetricEigen(matrix, n);
  const transposed = vectors.map((_, k) => vectors[(k % n) * n + Math.floor(k / n)]!);
  const scaled = vectors.map((entry, k) => entry * values[Math.floor(k / n)]!);
  const rebuilt = squareProduct(transposed, scaled, n);
  const identity = squareProduct(vectors, transposed, n);
  const size = Math.max(...values.map(Math.abs), Number.MIN_VALUE);
  return [
    Math.max(...rebuilt.map((entry, k) => Math.abs(entry - matrix[k]!))) / size,
    Math.max(...identity.map((entry, k) => Math.abs(entry - (k % (n + 1) === 0 ? 1 : 0)))),
  ];
}

Deno.test("symmetricEigen() of the 1-D Laplacian is 2 − 2 cos(kπ / (n + 1))", () => {
  for (const n of [1, 2, 10, 57]) {
    const { values } = symmetricEigen(laplacian(n), n);
    // Backward stable: n roundings of ‖A‖ < 4.
    assertClose(values, laplacianValues(n), { relative: 0, absolute: 4 * Number.EPSILON * n });
  }
});

Deno.test("symmetricEigen() rebuilds the matrix from orthonormal vectors", () => {
  for (const n of [1, 2, 3, 10, 60]) {
    const [residual, departure] = reconstructionErrors(randomSymmetric(n, 1), n);
    // n roundings, over ten times what is seen.
    assert.ok(residual < 1e-14 * (n + 1), `n = ${n}: residual ${residual}`);
    assert.ok(departure < 1e-14 * (n + 1), `n = ${n}: departure ${departure}`);
  }
});

Deno.test("symmetricEigen() takes zeros, repeated eigenvalues and any scale", () => {
  const ones = new Float64Array(25).fill(1);
  const cases: [string, Float64Array, number[]][] = [
    ["zero", new Float64Array(25), [0, 0, 0, 0, 0]],
    ["rank one", ones, [0, 0, 0, 0, 5]],
    ["indefinite", Float64Array.of(0, 1, 1, 0), [-1, 1]],
    ["tiny", ones.map((one) => one * 1e-150), [0, 0, 0, 0, 5e-150]],
    ["huge", ones.map((one) => one * 1e150), [0, 0, 0, 0, 5e150]],
    ["graded", Float64Array.of(1e12, 1, 1, 1e-12), [0, 1e12]],
  ];
  for (const [name, matrix, wanted] of cases) {
    const n = wanted.length;
    const largest = Math.max(...wanted.map(Math.abs));
    const { values } = symmetricEigen(matrix, n);
    assertClose(values, wanted, { relative: 0, absolute: 1e-14 * largest });
    const [residual, departure] = reconstructionErrors(matrix, n);
    assert.ok(residual < 1e-14 && departure < 1e-14, `${name}: ${residual}, ${departure}`);
  }
});

Deno.test("symmetricEigen() leaves its argument unchanged and refuses what is no matrix", () => {
  const matrix = randomSymmetric(6, 2);
  const copy = matrix.slice();
  symmetricEigen(matrix, 6);
  assert.deepEqual(matrix, copy);
  assert.equal(symmetricEigen(new Float64Array(0), 0).values.length, 0);
  assert.throws(() => symmetricEigen(matrix, 5), TypeError);
  for (const bad of [NaN, Infinity]) {
    assert.throws(() => symmetricEigen(Float64Array.of(1, bad, bad, 1), 2), RangeError);
  }
});

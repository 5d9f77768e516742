import assert from "node:assert/strict";
import {
  choleskyInPlace,
  gramFactor,
  solveLowerInPlace,
  solveLowerTransposedInPlace,
} from "../../lib/linalg/cholesky.ts";
import { assertClose } from "../support/assert_close.ts";
import { randomSymmetric, squareProduct } from "./matrices.ts";

Deno.test("choleskyInPlace() and the two solves invert a positive definite matrix", () => {
  const n = 12;
  const root = randomSymmetric(n, 3);
  const matrix = squareProduct(root, root, n);
  const solution = Float64Array.from({ length: n }, (_, i) => i - 4);
  const b = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) b[i]! += matrix[i * n + j]! * solution[j]!;
  }
  const factor = matrix.slice();
  assert.ok(choleskyInPlace(factor, n));
  solveLowerInPlace(factor, n, b);
  solveLowerTransposedInPlace(factor, n, b);
  // The matrix's condition is about 1e5.
  assertClose(b, solution, { relative: 1e-10, absolute: 1e-10 });
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) assert.equal(factor[i * n + j], matrix[i * n + j]);
  }
});

Deno.test("choleskyInPlace() says where a matrix is not positive definite", () => {
  const cases = [[0], [-1], [NaN], [Infinity], [1, 2, 2, 1], [1, 1, 1, 1]];
  for (const entries of cases) {
    assert.equal(choleskyInPlace(Float64Array.from(entries), Math.sqrt(entries.length)), false);
  }
});

Deno.test("gramFactor() refuses columns that are dependent but for rounding", () => {
  // A third column that is the sum of two, with entries that no float64 holds.
  const [a, b] = [[1 / 3, 1 / 7, 0.1], [0.3, 1 / 11, 1 / 13]];
  const columns = [a!, b!, a!.map((entry, i) => entry + b![i]!)];
  const gramOf = (vectors: number[][]) =>
    Float64Array.from(
      vectors.flatMap((u) => vectors.map((v) => u.reduce((sum, ui, i) => sum + ui * v[i]!, 0))),
    );
  for (const scale of [1e-9, 1, 1e9]) {
    const scaled = columns.map((column) => column.map((entry) => scale * entry));
    assert.equal(gramFactor(gramOf(scaled), 3), undefined);
    assert.ok(gramFactor(gramOf(scaled.slice(0, 2)), 2));
  }
});

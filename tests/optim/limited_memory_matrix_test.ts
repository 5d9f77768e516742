import assert from "node:assert/strict";
import { LimitedMemoryMatrix } from "../../lib/optim/limited_memory_matrix.ts";
import { relativeError } from "../support/assert_close.ts";
import { inner, multiply } from "./dense.ts";
import { multiplyModel, productsOf, randomModel } from "./model.ts";
import { vector } from "./random_problems.ts";

Deno.test("LimitedMemoryMatrix equals the dense BFGS recursion on the pairs it keeps", () => {
  for (
    const [n, memory, updates] of [[6, 3, 1], [6, 3, 3], [12, 5, 4], [12, 5, 13], [30, 10, 27]]
  ) {
    const { matrix, dense, uniform } = randomModel(n!, memory!, updates!, 7 * updates!);
    assert.equal(matrix.count, Math.min(memory!, updates!));
    for (let trial = 0; trial < 3; trial++) {
      const v = vector(uniform, n!, -1, 1);
      // B and SᵀY have condition numbers up to about 10⁴ here: 1e-16 · 10⁴, with a margin.
      assert.ok(relativeError(multiplyModel(matrix, v), multiply(dense, v)) < 1e-11);
    }
  }
});

Deno.test("LimitedMemoryMatrix satisfies the secant equation B s = y of the newest pair", () => {
  const { matrix, pairs } = randomModel(20, 4, 9, 3);
  const { s, y } = pairs.at(-1)!;
  assert.ok(relativeError(multiplyModel(matrix, s), y) < 1e-11);
  const theta = inner(y, y) / inner(s, y);
  assert.ok(Math.abs(matrix.theta / theta - 1) < 1e-13);
});

Deno.test("LimitedMemoryMatrix.gram holds the inner products of its columns", () => {
  // More rows than a block has, so that sums over blocks are joined.
  const { matrix } = randomModel(20, 3, 5, 11);
  const big = new LimitedMemoryMatrix(1500, 2);
  const ones = new Float64Array(1500).fill(1);
  const ramp = ones.map((_, i) => i);
  big.update(new Float64Array(1500), new Float64Array(1500), ones, ramp);
  // Σ 1 = 1500, Σ i = 1499 · 750, Σ i² = 1499 · 1500 · 2999 / 6.
  assert.deepEqual(
    [big.gram[0], big.gram[1], big.gram[4], big.gram[5]],
    [1500, 1124250, 1124250, 1123875250],
  );
  const columns = Array.from({ length: matrix.stride }, () => new Float64Array(20));
  const row = new Float64Array(matrix.stride);
  for (let i = 0; i < 20; i++) {
    matrix.rows.copyRow(i, row);
    columns.forEach((column, j) => column[i] = row[j]!);
  }
  columns.forEach((column, a) => {
    productsOf(matrix, column).forEach((product, b) => {
      assert.ok(Math.abs(matrix.gram[a * matrix.stride + b]! - product) < 1e-12);
    });
  });
});

Deno.test("LimitedMemoryMatrix.update() leaves out a pair without positive curvature", () => {
  const { matrix } = randomModel(5, 3, 2, 1);
  const zero = new Float64Array(5);
  const step = new Float64Array(5).fill(1);
  const gradient = new Float64Array(5).fill(-1);
  const theta = matrix.theta;
  matrix.update(zero, gradient, step, new Float64Array(5).fill(-2));
  matrix.update(zero, gradient, step, gradient);
  matrix.update(zero, gradient, step, new Float64Array(5).fill(NaN));
  assert.deepEqual([matrix.count, matrix.theta], [2, theta]);
  matrix.reset();
  assert.deepEqual([matrix.count, matrix.theta], [0, 1]);
});

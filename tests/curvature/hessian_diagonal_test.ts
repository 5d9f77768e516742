import assert from "node:assert/strict";
import { hessianDiagonal } from "../../lib/curvature/hessian_diagonal.ts";
import { laplacian, randomSymmetric } from "../linalg/matrices.ts";
import { denseOperator, diagonalOperator } from "./operators.ts";

Deno.test("hessianDiagonal() of a diagonal operator is exact with one probe", async () => {
  const d = Float64Array.from({ length: 100 }, (_, i) => i - 30);
  assert.deepEqual(await hessianDiagonal(diagonalOperator(d), { probes: 1, seed: 1 }), d);
});

Deno.test("hessianDiagonal() has the mean and the spread that Bekas et al. derive", async () => {
  // Entry i has the variance Σ_{j≠i} H_ij² / probes.
  const [n, probes] = [40, 2000];
  const matrix = randomSymmetric(n, 3);
  const diagonal = await hessianDiagonal(denseOperator(matrix, n), { probes, seed: 4 });
  const scores = Array.from(diagonal, (entry, i) => {
    const row = matrix.subarray(i * n, (i + 1) * n);
    const variance = row.reduce((sum, h, j) => j === i ? sum : sum + h * h, 0) / probes;
    return (entry - row[i]!) / Math.sqrt(variance);
  });
  const squares = scores.reduce((sum, score) => sum + score * score, 0) / n;
  // The mean of 40 squares of N(0, 1) is 1 ± √(2/40) = 0.22; three times that.
  assert.ok(Math.abs(squares - 1) < 0.67, `${squares}`);
  assert.ok(scores.every((score) => Math.abs(score) < 4));
});

Deno.test("hessianDiagonal() tells of its products, follows its seed, and refuses none", async () => {
  const operator = denseOperator(laplacian(9), 9);
  const done: number[] = [];
  const first = await hessianDiagonal(operator, {
    probes: 5,
    seed: 1,
    onProduct: (products) => done.push(products),
  });
  assert.deepEqual(done, [4, 5]);
  assert.equal(operator.products, 5);
  assert.deepEqual(await hessianDiagonal(operator, { probes: 5, seed: 1 }), first);
  assert.notDeepEqual(await hessianDiagonal(operator, { probes: 5, seed: 2 }), first);
  for (const probes of [0, 1.5, NaN]) {
    await assert.rejects(hessianDiagonal(operator, { probes, seed: 1 }), RangeError);
  }
});

import assert from "node:assert/strict";
import { blockOperator } from "../../lib/linalg/block_operator.ts";
import { symmetricEigen } from "../../lib/linalg/symmetric_eigen.ts";
import { ritzValues } from "../../lib/curvature/ritz_values.ts";
import { denseOperator, togetherOperator, unitColumns } from "../curvature/operators.ts";
import { assertClose } from "../support/assert_close.ts";
import { randomSymmetric } from "./matrices.ts";

const N = 9;
const MATRIX = randomSymmetric(N, 1);
const RANGES = [{ start: 1, end: 3 }, { start: 6, end: 9 }];
const INDICES = [1, 2, 6, 7, 8];

Deno.test("blockOperator() has the eigenvalues of the dense block", async () => {
  const block = Float64Array.from(INDICES.flatMap((i) => INDICES.map((j) => MATRIX[i * N + j]!)));
  const operator = blockOperator(denseOperator(MATRIX, N), RANGES);
  assert.equal(operator.dimension, 5);
  const { values } = await ritzValues(operator, unitColumns(5, 5));
  assertClose(values, symmetricEigen(block, 5).values, { relative: 0, absolute: 1e-13 });
});

Deno.test("blockOperator() passes several products on together", async () => {
  const dense = denseOperator(MATRIX, N);
  const together = togetherOperator(dense);
  const vectors = unitColumns(5, 3);
  const images = await blockOperator(together, RANGES).applyAll!(vectors);
  assert.deepEqual(together.groups, [3]);
  const alone = blockOperator(dense, RANGES);
  for (const [k, v] of vectors.entries()) assert.deepEqual(images[k], await alone.apply(v));
});

Deno.test("blockOperator() refuses ranges that overlap, are empty or leave the operator", () => {
  const operator = denseOperator(MATRIX, N);
  const bad = [[[3, 3]], [[2, 4], [3, 5]], [[4, 5], [0, 2]], [[8, 10]], [[-1, 2]], [[0, 1.5]], []];
  for (const ranges of bad) {
    assert.throws(
      () => blockOperator(operator, ranges.map(([start, end]) => ({ start: start!, end: end! }))),
      RangeError,
      JSON.stringify(ranges),
    );
  }
});

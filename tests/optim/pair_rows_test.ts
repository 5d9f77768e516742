import assert from "node:assert/strict";
import { clipIntoBox } from "../../lib/optim/box.ts";
import { makeBuckets } from "../../lib/optim/breakpoint_buckets.ts";
import { cauchyPoint } from "../../lib/optim/cauchy_point.ts";
import { LimitedMemoryMatrix } from "../../lib/optim/limited_memory_matrix.ts";
import { forEachProjection, gramOver, weightedSum } from "../../lib/optim/pair_products.ts";
import { minimiseOverFree } from "../../lib/optim/subspace_minimisation.ts";
import { assertClose } from "../support/assert_close.ts";
import { randomModel } from "./model.ts";
import { randomBox, vector } from "./random_problems.ts";

/** Rows of a matrix by themselves. */
function rowsOf({ rows, count, dimension }: LimitedMemoryMatrix): Float64Array[] {
  return Array.from({ length: dimension }, (_, i) => {
    const row = new Float64Array(2 * count);
    rows.copyRow(i, row);
    return row;
  });
}

Deno.test("gramOver(), weightedSum() and forEachProjection() equal plain sums, up and down", () => {
  // More rows than a block has, odd numbers of them, pairs about the tiles of two; 7 pairs spill.
  for (const [n, pairs] of [[300, 1], [301, 2], [129, 3], [260, 5], [140, 7]]) {
    const { matrix, uniform } = randomModel(n!, pairs!, pairs!, n!, 4096);
    assert.ok(matrix.rows.segments.length > 1, "rows must lie in several segments");
    const rows = rowsOf(matrix);
    const ascending = Int32Array.from([...rows.keys()].filter((i) => i % 3 !== 1));
    for (const indices of [ascending, ascending.toReversed(), ascending.subarray(0, 1)]) {
      const numbers = vector(uniform, indices.length, -1, 1);
      const v = vector(uniform, 2 * pairs!, -1, 1);
      const columns = [...v.keys()];
      const sum = (term: (row: Float64Array, k: number) => number) =>
        indices.reduce((total, i, k) => total + term(rows[i]!, k), 0);
      const gram = gramOver(matrix, indices);
      // Sums of some 200 products of numbers below 10.
      const tolerance = { absolute: 1e-10 };
      for (const a of columns) {
        const line = gram.subarray(a * matrix.stride, a * matrix.stride + columns.length);
        assertClose(line, columns.map((b) => sum((row) => row[a]! * row[b]!)), tolerance);
      }
      const weighted = columns.map((j) => sum((row, k) => row[j]! * numbers[k]!));
      assertClose(weightedSum(matrix, indices, numbers), weighted, tolerance);
      const projections: number[] = [];
      forEachProjection(matrix, indices, v, (products, from, to) => {
        projections.push(...products.subarray(0, to - from));
      });
      const wanted = Array.from(
        indices,
        (i) => columns.reduce((total, j) => total + rows[i]![j]! * v[j]!, 0),
      );
      assertClose(projections, wanted, tolerance);
    }
  }
});

Deno.test("the model's minimiser is the same where its rows lie in one segment or in many", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const n = 150;
    const points = [undefined, 2000].map((segmentBytes) => {
      const { matrix, uniform } = randomModel(n, 4, 6, seed, segmentBytes);
      const box = randomBox(uniform, n);
      const x = clipIntoBox(vector(uniform, n, -2, 2), box);
      const gradient = vector(uniform, n, -1, 1);
      const workspace = {
        cauchy: new Float64Array(n),
        buckets: makeBuckets(new Float64Array(n), matrix.stride),
        indices: new Int32Array(n),
      };
      const known = cauchyPoint(matrix, x, gradient, box, workspace);
      const point = workspace.cauchy.slice();
      const { buckets } = workspace;
      assert.ok(minimiseOverFree(matrix, x, gradient, box, known, { point, buckets }));
      return [workspace.cauchy, point] as const;
    });
    // Sums in another order, through matrices of condition numbers up to 10⁴.
    assertClose(points[1]![0], points[0]![0], { relative: 1e-9, absolute: 1e-9 });
    assertClose(points[1]![1], points[0]![1], { relative: 1e-8, absolute: 1e-8 });
  }
});

Deno.test("LimitedMemoryMatrix.restore() brings back every bit, over several segments", () => {
  const { matrix } = randomModel(40, 3, 5, 2, 500);
  const copy = new LimitedMemoryMatrix(40, 3, 500);
  copy.restore(matrix.snapshot());
  assert.deepEqual(rowsOf(copy), rowsOf(matrix));
  assert.deepEqual(copy.snapshot(), matrix.snapshot());
});

Deno.test("LimitedMemoryMatrix takes over the memory of the one before, without its pairs", () => {
  const zero = new Float64Array(30);
  const [step, bend] = [1, 2].map((entry) => new Float64Array(30).fill(entry));
  const before = new LimitedMemoryMatrix(30, 2);
  before.update(zero, zero, bend!, step!);
  before.update(zero, zero, step!, bend!);
  const { rows } = before;
  before[Symbol.dispose]();
  assert.equal(before.count, 0);
  const after = new LimitedMemoryMatrix(30, 2);
  const other = new LimitedMemoryMatrix(30, 2);
  for (const matrix of [after, other]) matrix.update(zero, zero, step!, bend!);
  assert.equal(after.rows, rows);
  assert.notEqual(other.rows, rows);
  assert.deepEqual(after.snapshot(), other.snapshot());
});

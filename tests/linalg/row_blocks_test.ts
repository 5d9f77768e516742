import assert from "node:assert/strict";
import { columnBasis } from "../../lib/linalg/basis.ts";
import { gramMatrix } from "../../lib/linalg/gram_matrix.ts";
import { multiply, multiplyTransposed, type RowBlocks } from "../../lib/linalg/row_blocks.ts";
import { stream } from "../../lib/random/stream.ts";
import { assertClose } from "../support/assert_close.ts";

/** A random matrix in blocks of the given heights, and its columns. */
function randomBlocks(heights: number[], columns: number): RowBlocks & { dense: Float64Array[] } {
  const rows = heights.reduce((sum, height) => sum + height, 0);
  const entries = new Float32Array(rows * columns);
  stream(1, "blocks").fillNormal(entries, 0);
  return {
    rows,
    columns,
    dense: Array.from(
      { length: columns },
      (_, j) => Float64Array.from({ length: rows }, (_, i) => entries[i * columns + j]!),
    ),
    forEachBlock(visit) {
      let first = 0;
      for (const height of heights) {
        visit(entries.subarray(first * columns, (first + height) * columns), first, height);
        first += height;
      }
    },
  };
}

/** Heights and widths that leave every remainder of the tiles, panels and unrolled loops. */
const HEIGHTS = [[1], [3], [7, 4], [128, 129, 5], [300]];
const WIDTHS = [1, 2, 3, 4, 5, 8, 11];

Deno.test("multiply(), multiplyTransposed() and gramMatrix() agree with sums by definition", () => {
  for (const heights of HEIGHTS) {
    for (const p of WIDTHS) {
      const matrix = randomBlocks(heights, p);
      const { dense, rows } = matrix;
      const y = Float64Array.from({ length: p }, (_, j) => Math.cos(j));
      const g = Float64Array.from({ length: rows }, (_, i) => Math.sin(i));
      const inner = (a: Float64Array, b: Float64Array) => a.reduce((s, x, i) => s + x * b[i]!, 0);
      // Sums of at most 300 terms near 1, in another order.
      const tolerance = { relative: 1e-13, absolute: 1e-12 };
      const product = Float64Array.from(
        { length: rows },
        (_, i) => dense.reduce((sum, column, j) => sum + column[i]! * y[j]!, 0),
      );
      const basis = columnBasis(dense);
      const restricted = dense.map((column) => inner(column, g));
      const gram = dense.flatMap((a) => dense.map((b) => inner(a, b)));
      assertClose(multiply(matrix, y), product, tolerance);
      assertClose(basis.expand(y), product, tolerance);
      assertClose(multiplyTransposed(matrix, g), restricted, tolerance);
      assertClose(basis.restrict(g), restricted, tolerance);
      assertClose(gramMatrix(matrix), gram, tolerance);
      assertClose(basis.gram(), gram, tolerance);
    }
  }
});

Deno.test("columnBasis() takes columns longer than a block", () => {
  const long = new Float64Array(5000).fill(1);
  const basis = columnBasis([long, long.map((_, i) => i)]);
  assert.deepEqual([...basis.restrict(long)], [5000, 4999 * 2500]);
  assert.equal(basis.expand(Float64Array.of(1, 2))[4999], 1 + 2 * 4999);
});

Deno.test("columnBasis() refuses no columns and columns of different lengths", () => {
  for (const columns of [[], [new Float64Array(0)], [new Float64Array(2), new Float64Array(3)]]) {
    assert.throws(() => columnBasis(columns), TypeError);
  }
});

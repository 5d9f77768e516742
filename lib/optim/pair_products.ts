/**
 * Products with some rows of [S Y], a block of rows at a time.
 *
 * @module
 */
import { panelBytes } from "../linalg/simd/pair_kernels.ts";
import type { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";
import type { Segment } from "./pair_rows.ts";

/** Inner products of the columns in use over the rows in `indices`; shape [2m, 2m]. */
export function gramOver(matrix: LimitedMemoryMatrix, indices: Int32Array): Float64Array {
  clearGram(matrix);
  matrix.rows.forEachBlock(indices, (segment, from, to) => {
    addGramOfList(segment, segment.at.list, to - from, matrix.count);
  });
  return readGram(matrix);
}

/** Begins the sums of {@link addGramOfList}. */
export function clearGram({ rows }: LimitedMemoryMatrix): void {
  for (const { tiles } of rows.segments) tiles.fill(0);
}

/** Adds the inner products of the columns of `count` pairs over a list of a segment's rows. */
export function addGramOfList(
  { kernels, at, panelRows, tilesAt }: Segment,
  list: number,
  size: number,
  count: number,
): void {
  const rowBytes = panelBytes(count);
  kernels.gather(list, list + 4 * size, at.panel);
  if (size % 2 === 1) panelRows.fill(0, size * rowBytes / 8, (size + 1) * rowBytes / 8);
  kernels.addGram(at.panel, at.panel + (size + size % 2) * rowBytes, tilesAt);
}

/** The sums of {@link addGramOfList}; shape [2m, 2m]. */
export function readGram({ rows, stride, count }: LimitedMemoryMatrix): Float64Array {
  const width = panelBytes(count) / 8;
  const gram = new Float64Array(stride * stride);
  for (let a = 0; a < 2 * count; a++) {
    for (let b = a; b < 2 * count; b++) {
      const at = a * width + b;
      const sum = rows.segments.reduce((total, { tiles }) => total + tiles[at]!, 0);
      gram[a * stride + b] = gram[b * stride + a] = sum;
    }
  }
  return gram;
}

/** Σ_k numbers_k w_k over the rows w_k in `indices`; shape [2 · count]. */
export function weightedSum(
  { rows, count }: LimitedMemoryMatrix,
  indices: Int32Array,
  numbers: Float64Array,
): Float64Array {
  for (const { vector } of rows.segments) vector.fill(0);
  rows.forEachBlock(indices, ({ kernels, at, factors }, from, to) => {
    factors.set(numbers.subarray(from, to));
    kernels.addWeighted(at.list, at.list + 4 * (to - from), at.factors, at.vector);
  });
  return Float64Array.from(
    { length: 2 * count },
    (_, j) => rows.segments.reduce((total, { vector }) => total + vector[j]!, 0),
  );
}

/**
 * Forms w_kᵀ v for each row w_k in `indices`, and calls `visit` with those from `from` to before `to`,
 * block after block; v has the shape [2 · count].
 */
export function forEachProjection(
  { rows }: LimitedMemoryMatrix,
  indices: Int32Array,
  v: Float64Array,
  visit: (products: Float64Array, from: number, to: number) => void,
): void {
  for (const { vector } of rows.segments) vector.set(v);
  rows.forEachBlock(indices, ({ kernels, at, factors }, from, to) => {
    const { list } = at;
    kernels.project(list, list + 4 * (to - from), at.vector, at.factors);
    visit(factors, from, to);
  });
}

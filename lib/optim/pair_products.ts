/**
 * Products with some rows of [S Y], a block of rows at a time.
 *
 * @module
 */
import { panelBytes } from "../linalg/simd/pair_kernels.ts";
import type { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";

/** Bytes in a row of a tile of inner products, four columns wide. */
const TILE_BYTES = 32;

/**
 * Inner products of the columns over the rows in `indices`, and of each with some numbers.
 *
 * @param indices Ascending or descending.
 * @param numbers One for each row; absent for zeros.
 * @returns `gram`, shape [2m, 2m], of the columns in use; `products`, shape [2 · count].
 */
export function innerProducts(
  { rows, stride, count }: LimitedMemoryMatrix,
  indices: Int32Array,
  numbers?: Float64Array,
): { readonly gram: Float64Array; readonly products: Float64Array } {
  const rowBytes = panelBytes(count);
  const width = rowBytes / 8;
  for (const { tiles, factors } of rows.segments) {
    tiles.fill(0);
    factors.fill(0);
  }
  rows.forEachBlock(indices, ({ kernels, at, tilesAt, factors }, from, to) => {
    const { list, panel } = at;
    if (numbers) { for (let k = from; k < to; k++) factors[k - from] = numbers[k]!; }
    kernels.gather(list, list + 4 * (to - from), at.factors, panel);
    const panelEnd = panel + (to - from) * rowBytes;
    for (let i = 0; i < rowBytes; i += TILE_BYTES) {
      for (let j = i; j < rowBytes; j += TILE_BYTES) {
        kernels.addTile(panel + i, panelEnd + i, panel + j, rowBytes, tilesAt + i * width + j);
      }
    }
  });
  const sum = (a: number, b: number) =>
    rows.segments.reduce((total, { tiles }) => total + tiles[a * width + b]!, 0);
  const gram = new Float64Array(stride * stride);
  const products = new Float64Array(2 * count);
  for (let a = 0; a < 2 * count; a++) {
    products[a] = sum(a, 2 * count);
    for (let b = a; b < 2 * count; b++) {
      gram[a * stride + b] = gram[b * stride + a] = sum(a, b);
    }
  }
  return { gram, products };
}

/** target_k ← target_k + w_kᵀ v for each row w_k in `indices`; v has the shape [2 · count]. */
export function addProjections(
  { rows }: LimitedMemoryMatrix,
  indices: Int32Array,
  v: Float64Array,
  target: Float64Array,
): void {
  for (const { vector } of rows.segments) vector.set(v);
  rows.forEachBlock(indices, ({ kernels, at, factors }, from, to) => {
    const { list } = at;
    kernels.project(list, list + 4 * (to - from), at.vector, at.factors);
    for (let k = from; k < to; k++) target[k]! += factors[k - from]!;
  });
}

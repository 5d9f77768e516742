/**
 * Products with some rows of [S Y], a block of rows at a time.
 *
 * Rows picked out of many millions of numbers cost cache misses. A block's rows are therefore
 * touched first, in a loop so short that the processor has dozens of loads under way at once (3 to
 * 4 times faster at n = 1.5 · 10⁶ with every sixth row), and all products are then taken from the
 * cache.
 *
 * @module
 */
import type { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";

/** Rows in a block: with 2m = 20 columns 10 KiB, a part of a processor's level-1 cache. */
const ROWS_PER_BLOCK = 64;
/** Doubles in a cache line of 64 bytes. */
const LINE = 8;

/** Some rows of [S Y]. */
export interface RowBlock {
  /** Position of the block's first row in the list of rows. */
  readonly from: number;
  /** Where each row of the block starts in `rows`. */
  readonly offsets: Int32Array;
  /** Numbers in a row: 2 · count. */
  readonly width: number;
  /** The whole of [S Y]. */
  readonly rows: Float64Array;
}

/** Goes through the rows in `indices`, block after block; a block is valid until the next. */
export function* rowBlocks(
  { rows, stride, count }: LimitedMemoryMatrix,
  indices: Int32Array,
): Generator<RowBlock> {
  const offsets = new Int32Array(ROWS_PER_BLOCK);
  const width = 2 * count;
  for (let from = 0; from < indices.length; from += ROWS_PER_BLOCK) {
    const size = Math.min(ROWS_PER_BLOCK, indices.length - from);
    for (let k = 0; k < size; k++) offsets[k] = indices[from + k]! * stride;
    const block = { from, offsets: offsets.subarray(0, size), width, rows };
    // Rows nearly side by side are fetched ahead by the processor itself.
    const span = indices[from + size - 1]! - indices[from]!;
    if (Math.abs(span) > 1.25 * size) touch(block);
    yield block;
  }
}

/** Where {@link touch} leaves its sum, so that a compiler cannot drop the loads. */
const touched = new Float64Array(1);

/** Loads one number from every cache line of the block. */
function touch({ offsets, rows, width }: RowBlock): void {
  let sum = 0;
  for (let k = 0; k < offsets.length; k++) {
    for (let j = 0; j < width; j += LINE) sum += rows[offsets[k]! + j]!;
    sum += rows[offsets[k]! + width - 1]!;
  }
  touched[0] = sum;
}

/** target[from + k] += scale · w_kᵀ v for each row w_k of the block; v has the shape [width]. */
export function addProduct(
  { from, offsets, width, rows }: RowBlock,
  v: Float64Array,
  scale: number,
  target: Float64Array,
): void {
  for (let column = 0; column < width; column += 2) {
    const ofS = scale * v[column]!;
    const ofY = scale * v[column + 1]!;
    for (let k = 0; k < offsets.length; k++) {
      const at = offsets[k]! + column;
      target[from + k]! += rows[at]! * ofS + rows[at + 1]! * ofY;
    }
  }
}

/** target += Σ_k r[from + k] w_k over the rows of the block; shape [width]. */
export function addTransposedProduct(
  { from, offsets, width, rows }: RowBlock,
  r: Float64Array,
  target: Float64Array,
): void {
  for (let column = 0; column < width; column += 2) {
    let ofS = 0;
    let ofY = 0;
    for (let k = 0; k < offsets.length; k++) {
      const at = offsets[k]! + column;
      ofS += r[from + k]! * rows[at]!;
      ofY += r[from + k]! * rows[at + 1]!;
    }
    target[column]! += ofS;
    target[column + 1]! += ofY;
  }
}

/**
 * Adds the inner products of the block's columns to the lower triangle, pair by pair, of `target`.
 *
 * @param target Row-major with rows of length `stride`.
 */
export function addGram(
  { offsets, width, rows }: RowBlock,
  target: Float64Array,
  stride: number,
): void {
  for (let a = 0; a < width; a += 2) {
    for (let b = 0; b <= a; b += 2) {
      let ss = 0;
      let sy = 0;
      let ys = 0;
      let yy = 0;
      for (let k = 0; k < offsets.length; k++) {
        const at = offsets[k]!;
        const s = rows[at + a]!;
        const y = rows[at + a + 1]!;
        const otherS = rows[at + b]!;
        const otherY = rows[at + b + 1]!;
        ss += s * otherS;
        sy += s * otherY;
        ys += y * otherS;
        yy += y * otherY;
      }
      target[a * stride + b]! += ss;
      target[a * stride + b + 1]! += sy;
      target[(a + 1) * stride + b]! += ys;
      target[(a + 1) * stride + b + 1]! += yy;
    }
  }
}

/** Copies the lower triangle of a square matrix, row-major with rows of length `order`, upwards. */
export function mirrorLower(target: Float64Array, order: number): void {
  for (let a = 0; a < order; a++) {
    for (let b = 0; b < a; b++) target[b * order + a] = target[a * order + b]!;
  }
}

import { rowKernels } from "./simd/row_kernels.ts";

/**
 * A tall float32 matrix M, [n, p] row-major, in blocks of whole rows: kept in memory, or made anew
 * for every pass. All sums are in float64.
 */
export interface RowBlocks {
  /** n. */
  readonly rows: number;
  /** p. */
  readonly columns: number;
  /** Calls `visit` with the blocks in order; a block is valid during the call only. */
  forEachBlock(visit: (block: Float32Array, firstRow: number, rows: number) => void): void;
}

/** Rows staged in the kernels' memory at a time: with a hundred columns 50 KiB. */
const STAGE = 128;

/** y ↦ M y, added up in four sums, of every fourth column each. */
export function multiply(matrix: RowBlocks, y: Float64Array): Float64Array {
  const p = matrix.columns;
  const whole = p - p % 4;
  const product = new Float64Array(matrix.rows);
  // Where they begin, in bytes.
  const factors = 0;
  const sums = 8 * whole;
  const staged = sums + 32 * STAGE;
  const { memory, rowProducts } = rowKernels(staged + 4 * STAGE * p);
  new Float64Array(memory, factors, whole).set(y.subarray(0, whole));
  const partial = new Float64Array(memory, sums, 4 * STAGE);
  const numbers = new Float32Array(memory, staged, STAGE * p);
  matrix.forEachBlock((block, firstRow, rows) => {
    for (let first = 0; first < rows; first += STAGE) {
      const count = Math.min(STAGE, rows - first);
      if (whole > 0) {
        numbers.set(block.subarray(first * p, (first + count) * p));
        rowProducts(staged, staged + 4 * count * p, factors, sums, 4 * (p - whole), sums);
      }
      for (let r = 0; r < count; r++) {
        let s0 = partial[4 * r]!;
        for (let j = whole; j < p; j++) s0 += block[(first + r) * p + j]! * y[j]!;
        product[firstRow + first + r] = s0 + partial[4 * r + 1]! +
          (partial[4 * r + 2]! + partial[4 * r + 3]!);
      }
    }
  });
  return product;
}

/** g ↦ Mᵀ g, four rows at a time, so that each partial sum is loaded and stored a quarter as often. */
export function multiplyTransposed(matrix: RowBlocks, g: Float64Array): Float64Array {
  const p = matrix.columns;
  const even = p + p % 2;
  // Where they begin, in bytes. An odd last column is added together with the number behind it, into
  // a sum that no one reads.
  const sums = 0;
  const factors = 8 * even;
  const staged = factors + 8 * STAGE;
  const { memory, addTransposed } = rowKernels(staged + 4 * (STAGE * p + 2));
  const product = new Float64Array(memory, sums, p);
  const gStaged = new Float64Array(memory, factors, STAGE);
  const numbers = new Float32Array(memory, staged, STAGE * p);
  matrix.forEachBlock((block, firstRow, rows) => {
    const whole = rows - rows % 4;
    for (let first = 0; first < whole; first += STAGE) {
      const count = Math.min(STAGE, whole - first);
      numbers.set(block.subarray(first * p, (first + count) * p));
      gStaged.set(g.subarray(firstRow + first, firstRow + first + count));
      addTransposed(staged, factors, factors + 8 * count, 4 * p, sums, sums + 8 * even);
    }
    for (let r = whole; r < rows; r++) {
      for (let j = 0; j < p; j++) product[j]! += block[r * p + j]! * g[firstRow + r]!;
    }
  });
  return product.slice();
}

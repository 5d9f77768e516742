import type { RowBlocks } from "./row_blocks.ts";

/** Rows per pass over the pairs of columns: with a hundred columns 100 KiB of the second cache. */
const PANEL = 128;
/** Columns on each side of a tile: its 16 sums stay in registers. */
const TILE = 4;

/**
 * MᵀM of a tall matrix in row-major [p, p], in float64.
 *
 * A panel of rows at a time is unpacked to float64, padded with zeros to whole tiles, and multiplied
 * tile by tile, so that each number loaded is used four times.
 */
export function gramMatrix(matrix: RowBlocks): Float64Array {
  const p = matrix.columns;
  const width = Math.ceil(p / TILE) * TILE;
  const panel = new Float64Array(PANEL * width);
  const sums = new Float64Array(width * width);
  matrix.forEachBlock((block, _, rows) => {
    for (let first = 0; first < rows; first += PANEL) {
      const count = Math.min(PANEL, rows - first);
      for (let r = 0; r < count; r++) {
        panel.set(block.subarray((first + r) * p, (first + r + 1) * p), r * width);
      }
      for (let i = 0; i < width; i += TILE) {
        for (let j = i; j < width; j += TILE) addTile(panel, sums, count, width, i, j);
      }
    }
  });
  const gram = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++) gram[i * p + j] = gram[j * p + i] = sums[i * width + j]!;
  }
  return gram;
}

/** Adds the products of columns i … i + 3 with columns j … j + 3. */
function addTile(
  panel: Float64Array,
  sums: Float64Array,
  rows: number,
  width: number,
  i: number,
  j: number,
): void {
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  let s23 = 0;
  let s30 = 0;
  let s31 = 0;
  let s32 = 0;
  let s33 = 0;
  for (let at = 0; at < rows * width; at += width) {
    const b0 = panel[at + j]!;
    const b1 = panel[at + j + 1]!;
    const b2 = panel[at + j + 2]!;
    const b3 = panel[at + j + 3]!;
    let a = panel[at + i]!;
    s00 += a * b0, s01 += a * b1, s02 += a * b2, s03 += a * b3;
    a = panel[at + i + 1]!;
    s10 += a * b0, s11 += a * b1, s12 += a * b2, s13 += a * b3;
    a = panel[at + i + 2]!;
    s20 += a * b0, s21 += a * b1, s22 += a * b2, s23 += a * b3;
    a = panel[at + i + 3]!;
    s30 += a * b0, s31 += a * b1, s32 += a * b2, s33 += a * b3;
  }
  let at = i * width + j;
  sums[at]! += s00, sums[at + 1]! += s01, sums[at + 2]! += s02, sums[at + 3]! += s03;
  at += width;
  sums[at]! += s10, sums[at + 1]! += s11, sums[at + 2]! += s12, sums[at + 3]! += s13;
  at += width;
  sums[at]! += s20, sums[at + 1]! += s21, sums[at + 2]! += s22, sums[at + 3]! += s23;
  at += width;
  sums[at]! += s30, sums[at + 1]! += s31, sums[at + 2]! += s32, sums[at + 3]! += s33;
}

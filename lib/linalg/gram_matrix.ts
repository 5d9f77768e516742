import type { RowBlocks } from "./row_blocks.ts";
import { gramKernel } from "./simd/gram_kernel.ts";
import { rowKernels } from "./simd/row_kernels.ts";

/** Rows per pass over the pairs of columns: with a hundred columns 100 KiB of the second cache. */
const PANEL = 128;
/** Columns on each side of a tile: its 16 sums stay in registers. */
const TILE = 4;
/** Rows whose products are summed in float32: with a hundred columns 25 KiB of the first cache. */
const SINGLE_PANEL = 64;
/** Rows from which on that is done. */
export const SINGLE_FROM = 2 ** 16;

/**
 * MᵀM of a tall matrix in row-major [p, p].
 *
 * From 2¹⁶ rows on, the products of 64 rows are summed in float32, twice the numbers in a register,
 * and these sums in float64. Rounding then leaves a root mean square of u B / (3√n) of
 * ‖column‖ ‖column‖ at the most, with u = 2⁻²⁴ and B = 64: below 5 · 10⁻⁹, and 10⁻⁹ for a million
 * rows. A smaller matrix costs little, and all its sums are in float64. The bits are the same on
 * every machine.
 */
export function gramMatrix(matrix: RowBlocks): Float64Array {
  const p = matrix.columns;
  const sum = matrix.rows < SINGLE_FROM ? doubleSums(matrix) : singleSums(matrix);
  const gram = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++) gram[i * p + j] = gram[j * p + i] = sum(i, j);
  }
  return gram;
}

/** A sum of products of columns i and j ≥ i. */
type Sum = (i: number, j: number) => number;

function singleSums(matrix: RowBlocks): Sum {
  const p = matrix.columns;
  const { panel, addPanel, sum } = gramKernel(p, SINGLE_PANEL);
  matrix.forEachBlock((block, _, rows) => {
    for (let first = 0; first < rows; first += SINGLE_PANEL) {
      const count = Math.min(SINGLE_PANEL, rows - first);
      panel.set(block.subarray(first * p, (first + count) * p));
      addPanel(count);
    }
  });
  return sum;
}

/**
 * A panel of rows at a time is widened to float64 and multiplied tile by tile. So each number
 * loaded is used four times, and two products are computed at once.
 */
function doubleSums(matrix: RowBlocks): Sum {
  const p = matrix.columns;
  const width = Math.ceil(p / TILE) * TILE;
  const stride = 8 * width;
  // Where they begin, in bytes. Columns from p to `width` hold what is left there: no one reads the
  // sums that they are in.
  const panel = 0;
  const sums = panel + PANEL * stride;
  const staged = sums + width * stride;
  const { memory, widen, addTile } = rowKernels(staged + 4 * (PANEL * p + TILE));
  const numbers = new Float32Array(memory, staged, PANEL * p);
  matrix.forEachBlock((block, _, rows) => {
    for (let first = 0; first < rows; first += PANEL) {
      const count = Math.min(PANEL, rows - first);
      numbers.set(block.subarray(first * p, (first + count) * p));
      for (let r = 0; r < count; r++) {
        const row = panel + r * stride;
        widen(staged + 4 * r * p, row, row + 8 * (p + p % 2));
      }
      const end = count * stride;
      for (let i = 0; i < stride; i += 8 * TILE) {
        for (let j = i; j < stride; j += 8 * TILE) {
          addTile(panel + i, panel + i + end, panel + j, stride, sums + i * width + j);
        }
      }
    }
  });
  const total = new Float64Array(memory, sums, width * width);
  return (i, j) => total[i * width + j]!;
}

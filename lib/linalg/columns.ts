/**
 * Products with a matrix kept as p separate columns of length n, block of rows by block of rows: the
 * one vector that every column meets stays in the processor's first cache.
 *
 * @module
 */

/** Rows in a block: 16 KiB of float64. */
const BLOCK = 2048;

/** Columns of one length, all of one kind. */
export type Columns = readonly Float64Array[] | readonly Float32Array[];

/** Qᵀw, a new vector of one entry per column; sums in float64. */
export function columnProducts(columns: Columns, w: Float64Array): Float64Array {
  const products = new Float64Array(columns.length);
  for (let from = 0; from < w.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, w.length);
    for (let j = 0; j < columns.length; j++) products[j]! += partialDot(columns[j]!, w, from, to);
  }
  return products;
}

/** target ← target + sign · Q c. */
export function addColumns(
  target: Float64Array,
  columns: Columns,
  coefficients: Float64Array,
  sign: 1 | -1 = 1,
): void {
  for (let from = 0; from < target.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, target.length);
    for (let j = 0; j < columns.length; j++) {
      addScaled(target, columns[j]!, sign * coefficients[j]!, from, to);
    }
  }
}

function partialDot(
  column: Float64Array | Float32Array,
  w: Float64Array,
  from: number,
  to: number,
): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = from;
  for (; i + 3 < to; i += 4) {
    s0 += column[i]! * w[i]!;
    s1 += column[i + 1]! * w[i + 1]!;
    s2 += column[i + 2]! * w[i + 2]!;
    s3 += column[i + 3]! * w[i + 3]!;
  }
  for (; i < to; i++) s0 += column[i]! * w[i]!;
  return s0 + s1 + (s2 + s3);
}

function addScaled(
  target: Float64Array,
  column: Float64Array | Float32Array,
  scale: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) target[i]! += scale * column[i]!;
}

/**
 * Products with a matrix that is kept as p separate columns of length n. They go block of rows by
 * block of rows, so that the one vector that every column meets stays in the processor's first
 * cache.
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
    let j = 0;
    for (; j + 3 < columns.length; j += 4) addFourProducts(products, columns, j, w, from, to);
    for (; j < columns.length; j++) products[j]! += partialProduct(columns[j]!, w, from, to);
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
  const c = sign === 1 ? coefficients : coefficients.map((entry) => -entry);
  for (let from = 0; from < target.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, target.length);
    let j = 0;
    for (; j + 3 < columns.length; j += 4) addFour(target, columns, j, c, from, to);
    for (; j < columns.length; j++) addOne(target, columns[j]!, c[j]!, from, to);
  }
}

// Four columns at a time: a fourth of the loads of w and target, and four sums side by side.

function addFourProducts(
  products: Float64Array,
  columns: Columns,
  j: number,
  w: Float64Array,
  from: number,
  to: number,
): void {
  const q0 = columns[j]!;
  const q1 = columns[j + 1]!;
  const q2 = columns[j + 2]!;
  const q3 = columns[j + 3]!;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = from; i < to; i++) {
    const wi = w[i]!;
    s0 += wi * q0[i]!;
    s1 += wi * q1[i]!;
    s2 += wi * q2[i]!;
    s3 += wi * q3[i]!;
  }
  products[j]! += s0;
  products[j + 1]! += s1;
  products[j + 2]! += s2;
  products[j + 3]! += s3;
}

function partialProduct(
  q: Float64Array | Float32Array,
  w: Float64Array,
  from: number,
  to: number,
): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += q[i]! * w[i]!;
  return sum;
}

function addFour(
  target: Float64Array,
  columns: Columns,
  j: number,
  c: Float64Array,
  from: number,
  to: number,
): void {
  const q0 = columns[j]!;
  const q1 = columns[j + 1]!;
  const q2 = columns[j + 2]!;
  const q3 = columns[j + 3]!;
  const c0 = c[j]!;
  const c1 = c[j + 1]!;
  const c2 = c[j + 2]!;
  const c3 = c[j + 3]!;
  for (let i = from; i < to; i++) {
    target[i]! += (c0 * q0[i]! + c1 * q1[i]!) + (c2 * q2[i]! + c3 * q3[i]!);
  }
}

function addOne(
  target: Float64Array,
  q: Float64Array | Float32Array,
  scale: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) target[i]! += scale * q[i]!;
}

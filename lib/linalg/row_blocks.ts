/**
 * A tall float32 matrix M, [n, p] row-major, in blocks of whole rows: kept in memory, or made anew
 * for every pass. All sums are in float64.
 */
export interface RowBlocks {
  readonly rows: number;
  readonly columns: number;
  /** Calls `visit` with the blocks in order; a block is valid during the call only. */
  forEachBlock(visit: (block: Float32Array, firstRow: number, rows: number) => void): void;
}

/** y ↦ M y, added up four columns at a time. */
export function multiply(matrix: RowBlocks, y: Float64Array): Float64Array {
  const p = matrix.columns;
  const product = new Float64Array(matrix.rows);
  matrix.forEachBlock((block, firstRow, rows) => {
    for (let r = 0, at = 0; r < rows; r++, at += p) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let j = 0;
      for (; j + 3 < p; j += 4) {
        s0 += block[at + j]! * y[j]!;
        s1 += block[at + j + 1]! * y[j + 1]!;
        s2 += block[at + j + 2]! * y[j + 2]!;
        s3 += block[at + j + 3]! * y[j + 3]!;
      }
      for (; j < p; j++) s0 += block[at + j]! * y[j]!;
      product[firstRow + r] = s0 + s1 + (s2 + s3);
    }
  });
  return product;
}

/** g ↦ Mᵀ g, four rows at a time, so that each partial sum is loaded and stored a quarter as often. */
export function multiplyTransposed(matrix: RowBlocks, g: Float64Array): Float64Array {
  const p = matrix.columns;
  const product = new Float64Array(p);
  matrix.forEachBlock((block, firstRow, rows) => {
    let r = 0;
    for (; r + 3 < rows; r += 4) {
      const [g0, g1] = [g[firstRow + r]!, g[firstRow + r + 1]!];
      const [g2, g3] = [g[firstRow + r + 2]!, g[firstRow + r + 3]!];
      const at = r * p;
      for (let j = 0; j < p; j++) {
        product[j]! += block[at + j]! * g0 + block[at + p + j]! * g1 +
          block[at + 2 * p + j]! * g2 + block[at + 3 * p + j]! * g3;
      }
    }
    for (; r < rows; r++) {
      for (let j = 0; j < p; j++) product[j]! += block[r * p + j]! * g[firstRow + r]!;
    }
  });
  return product;
}

/** Rows per pass over the pairs of columns: 64 rows of a hundred float32 stay in the first cache. */
const PANEL = 64;

/** MᵀM, row-major [p, p], in tiles of 2 × 4 sums that stay in registers. */
export function gramMatrix(matrix: RowBlocks): Float64Array {
  const p = matrix.columns;
  const gram = new Float64Array(p * p);
  matrix.forEachBlock((block, _, rows) => {
    for (let first = 0; first < rows; first += PANEL) {
      const end = Math.min(rows, first + PANEL) * p;
      for (let i = 0; i < p; i += 2) {
        const wide = i + 1 < p;
        for (let j = i - (i % 4); j < p; j += 4) {
          if (wide && j + 3 < p) addTile(block, gram, first * p, end, p, i, j);
          else addEntries(block, gram, first * p, end, p, i, j);
        }
      }
    }
  });
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < i; j++) gram[i * p + j] = gram[j * p + i]!;
  }
  return gram;
}

function addTile(
  block: Float32Array,
  gram: Float64Array,
  start: number,
  end: number,
  p: number,
  i: number,
  j: number,
): void {
  let [s00, s01, s02, s03] = [0, 0, 0, 0];
  let [s10, s11, s12, s13] = [0, 0, 0, 0];
  for (let at = start; at < end; at += p) {
    const a0 = block[at + i]!;
    const a1 = block[at + i + 1]!;
    const b0 = block[at + j]!;
    const b1 = block[at + j + 1]!;
    const b2 = block[at + j + 2]!;
    const b3 = block[at + j + 3]!;
    s00 += a0 * b0;
    s01 += a0 * b1;
    s02 += a0 * b2;
    s03 += a0 * b3;
    s10 += a1 * b0;
    s11 += a1 * b1;
    s12 += a1 * b2;
    s13 += a1 * b3;
  }
  const [upper, lower] = [i * p + j, (i + 1) * p + j];
  gram[upper]! += s00;
  gram[upper + 1]! += s01;
  gram[upper + 2]! += s02;
  gram[upper + 3]! += s03;
  gram[lower]! += s10;
  gram[lower + 1]! += s11;
  gram[lower + 2]! += s12;
  gram[lower + 3]! += s13;
}

/** The tile at the border, where fewer than 2 × 4 columns are left. */
function addEntries(
  block: Float32Array,
  gram: Float64Array,
  start: number,
  end: number,
  p: number,
  i: number,
  j: number,
): void {
  for (let a = i; a < Math.min(i + 2, p); a++) {
    for (let b = j; b < Math.min(j + 4, p); b++) {
      let total = 0;
      for (let at = start; at < end; at += p) total += block[at + a]! * block[at + b]!;
      gram[a * p + b]! += total;
    }
  }
}

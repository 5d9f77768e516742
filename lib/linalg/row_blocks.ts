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
    for (let r = 0; r < rows; r++) {
      const at = r * p;
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

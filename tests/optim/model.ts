/** Limited-memory models with a known dense matrix, for tests of their parts. */
import { LimitedMemoryMatrix } from "../../lib/optim/limited_memory_matrix.ts";
import { denseBfgs, inner, multiply } from "./dense.ts";
import { randomConvexQuadratic, uniformFrom, vector } from "./random_problems.ts";

/** A matrix of `memory` pairs filled with `updates` pairs y = Hs, and the same B in full. */
export function randomModel(
  n: number,
  memory: number,
  updates: number,
  seed: number,
  segmentBytes?: number,
) {
  const uniform = uniformFrom(seed);
  const { h } = randomConvexQuadratic(uniform, n);
  const matrix = new LimitedMemoryMatrix(n, memory, segmentBytes);
  const pairs: { s: Float64Array; y: Float64Array }[] = [];
  for (let k = 0; k < updates; k++) {
    const x = vector(uniform, n, -1, 1);
    const next = vector(uniform, n, -1, 1);
    const gradient = multiply(h, x);
    const nextGradient = multiply(h, next);
    matrix.update(x, gradient, next, nextGradient);
    pairs.push({
      s: next.map((xi, i) => xi - x[i]!),
      y: nextGradient.map((gi, i) => gi - gradient[i]!),
    });
  }
  const kept = pairs.slice(-memory);
  return { matrix, dense: denseBfgs(n, matrix.theta, kept), pairs: kept, uniform };
}

/** The columns in use, row by row. */
function rowsOf({ rows, count, dimension }: LimitedMemoryMatrix): Float64Array[] {
  return Array.from({ length: dimension }, (_, i) => {
    const row = new Float64Array(2 * count);
    if (count > 0) rows.copyRow(i, row);
    return row;
  });
}

/** Products of v with the columns in use. */
export function productsOf(matrix: LimitedMemoryMatrix, v: Float64Array): Float64Array {
  const rows = rowsOf(matrix);
  return Float64Array.from(
    { length: 2 * matrix.count },
    (_, j) => rows.reduce((sum, row, i) => sum + row[j]! * v[i]!, 0),
  );
}

/** B v = θv − [S Y] M̃ [S Y]ᵀ v. */
export function multiplyModel(matrix: LimitedMemoryMatrix, v: Float64Array): Float64Array {
  const products = productsOf(matrix, v);
  const middle = new Float64Array(products.length);
  matrix.applyMiddle(products, middle);
  const rows = rowsOf(matrix);
  return v.map((vi, i) => matrix.theta * vi - inner(rows[i]!, middle));
}

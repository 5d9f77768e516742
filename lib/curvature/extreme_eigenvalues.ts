import { addColumns, type Columns } from "../linalg/columns.ts";
import type { HostVector } from "../linalg/krylov_basis.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import { tridiagonalEigen } from "../linalg/tridiagonal_eigen.ts";
import { type KrylovSpace, krylovSpace } from "./krylov.ts";
import { unitStart } from "./lanczos.ts";

/** How {@link extremeEigenvalues} runs. */
export interface ExtremeEigenvaluesOptions {
  /** k, the number of eigenvalues wanted at each end. */
  readonly count: number;
  /** Residual at which one is found, relative to the largest |θ|; default 1e-3. */
  readonly tolerance?: number;
  /** Most products; default 20 k + 40. It stores as many vectors of length n. */
  readonly maxProducts?: number;
  /** Seed of the random start, default 0. */
  readonly seed?: number;
  /** Whether to return the eigenvectors too. Default false. */
  readonly keepVectors?: boolean;
  /** Called after each product. */
  readonly onProduct?: (done: number, most: number) => void;
}

/** Some eigenvalues from one end of the spectrum, the outermost first. */
export interface SpectrumEnd {
  /** θ_i, shape [k] or fewer if the operator has no more distinct ones. */
  readonly values: Float64Array;
  /** ‖Hu_i − θ_i u_i‖₂: an eigenvalue lies as near to θ_i. */
  readonly residuals: Float64Array;
  /** u_i of length 1, if asked for. */
  readonly vectors?: readonly Float64Array[];
}

/** Both ends of a spectrum. */
export interface ExtremeEigenvalues {
  /** Descending. */
  readonly largest: SpectrumEnd;
  /** Ascending. */
  readonly smallest: SpectrumEnd;
  /** Whether all residuals are within the tolerance. */
  readonly converged: boolean;
  /** Products computed. */
  readonly products: number;
  /** `enough` where converged, otherwise see {@link KrylovSpace}. */
  readonly stopReason: KrylovSpace["stopReason"];
}

/**
 * The k largest and the k smallest eigenvalues of a symmetric operator, by Lanczos' method with as many
 * steps as their residuals need.
 *
 * - Source: Golub and Van Loan 2013, Matrix Computations, §10.1; the residuals β_m |s_m,i| are those
 *   of Parlett 1998, The Symmetric Eigenvalue Problem, §13.2.
 * - Cost: up to `maxProducts` products, and a vector of memory for each.
 * - Choose k by the gap that is looked for: a classifier of K classes has about K large eigenvalues.
 *   Outliers come first; the negative end of a trained network is crowded and takes more products.
 * - It does not tell multiplicity: an eigenvalue that occurs twice is found once. Curvature beyond the
 *   quadratic at x is not seen, and rescaling changes all of it (`rescaleLayer`).
 *
 * @example
 * ```ts
 * import { extremeEigenvalues } from "./extreme_eigenvalues.ts";
 * import assert from "node:assert/strict";
 *
 * const diagonal = Float64Array.from({ length: 100 }, (_, i) => i < 2 ? 50 - 10 * i : -i / 100);
 * const operator = {
 *   dimension: 100,
 *   apply: (v: Float64Array) => Promise.resolve(v.map((vi, i) => diagonal[i]! * vi)),
 * };
 * const { largest, converged } = await extremeEigenvalues(operator, { count: 2, tolerance: 1e-9 });
 * assert.ok(converged);
 * assert.ok(Math.abs(largest.values[0]! - 50) < 1e-6 && Math.abs(largest.values[1]! - 40) < 1e-6);
 * ```
 *
 * @throws {RangeError} If `count`, `maxProducts` or `tolerance` is out of range, or the first product
 *   is not finite.
 */
export async function extremeEigenvalues(
  operator: LinearOperator,
  options: ExtremeEigenvaluesOptions,
): Promise<ExtremeEigenvalues> {
  const { count, tolerance = 1e-3, seed = 0, keepVectors = false, onProduct } = options;
  const { maxProducts = 20 * count + 40 } = options;
  assertOptions(count, tolerance, maxProducts);
  const areFound = (alphas: readonly number[], betas: readonly number[]): boolean =>
    alphas.length >= 2 * count && endsOf(alphas, betas, count).error <= tolerance;
  const first = unitStart(operator.dimension, undefined, seed);
  const { basis, alphas, betas, products, stopReason } = await krylovSpace(operator, first, {
    steps: maxProducts,
    keepVectors,
    onProduct,
    isEnough: areFound,
  });
  if (alphas.length === 0) {
    throw new RangeError(
      "Cannot find eigenvalues: the first product is not finite; give a point where the Hessian is",
    );
  }
  const { largest, smallest, error } = endsOf(alphas, betas, count, basis);
  return { largest, smallest, converged: error <= tolerance, products, stopReason };
}

/** Both ends of T's spectrum, and the largest residual in them relative to the largest |θ|. */
function endsOf(
  alphas: readonly number[],
  betas: readonly number[],
  count: number,
  basis?: readonly HostVector[],
) {
  const m = alphas.length;
  // All components of T's eigenvectors for the operator's, else the last alone.
  const width = basis ? m : 1;
  const last = new Float64Array(m * width);
  if (basis) { for (let i = 0; i < m; i++) last[i * m + i] = 1; }
  else last[m - 1] = 1;
  const { values, rotated } = tridiagonalEigen(
    Float64Array.from(alphas),
    Float64Array.from(betas),
    last,
  );
  const residuals = values.map((_, i) => betas[m - 1]! * Math.abs(rotated[(i + 1) * width - 1]!));
  const end = (indices: readonly number[]): SpectrumEnd => ({
    values: Float64Array.from(indices, (i) => values[i]!),
    residuals: Float64Array.from(indices, (i) => residuals[i]!),
    ...(basis && {
      vectors: indices.map((i) => {
        const vector = new Float64Array(basis[0]!.length);
        addColumns(vector, basis as Columns, rotated.subarray(i * m, (i + 1) * m));
        return vector;
      }),
    }),
  });
  const outermost = [...Array(Math.min(count, m)).keys()];
  const largest = end(outermost.map((i) => m - 1 - i));
  const smallest = end(outermost);
  const size = Math.max(Math.abs(values[0]!), Math.abs(values[m - 1]!));
  const worst = Math.max(...largest.residuals, ...smallest.residuals);
  return { largest, smallest, error: worst === 0 ? 0 : worst / size };
}

function assertOptions(count: number, tolerance: number, maxProducts: number): void {
  if (!(Number.isInteger(count) && count > 0)) {
    throw new RangeError(
      `Cannot find ${count} eigenvalues at each end; give a whole number from 1`,
    );
  }
  if (!(Number.isInteger(maxProducts) && maxProducts > 0)) {
    throw new RangeError(
      `Cannot find eigenvalues by ${maxProducts} products; give a whole number from 1`,
    );
  }
  if (!(tolerance >= 0 && tolerance < Infinity)) {
    throw new RangeError(
      `Cannot find eigenvalues to the tolerance ${tolerance}; give a finite number from 0`,
    );
  }
}

import { addColumns, type Columns } from "../linalg/columns.ts";
import type { HostVector } from "../linalg/krylov_basis.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import { tridiagonalEigen } from "../linalg/tridiagonal_eigen.ts";
import { norm } from "../linalg/vector.ts";
import { stream } from "../random/stream.ts";
import type { CurvatureCheckpoint } from "./checkpoint.ts";
import { type KrylovSpace, krylovSpace } from "./krylov.ts";

/** How {@link lanczos} runs. */
export interface LanczosOptions {
  /** m, the number of products with the operator; it stores m vectors of length n. */
  readonly steps: number;
  /** Seed of the random start. */
  readonly seed: number;
  /** The start instead of a random one; need not have length 1. */
  readonly start?: Float64Array;
  /** Whether to return the Ritz vectors, which take m vectors of length n more. Default false. */
  readonly keepVectors?: boolean;
  /** Called after each product. */
  readonly onProduct?: (done: number, total: number) => void;
  /** Saves the space while it grows, and goes on from what was saved, to the same bits. */
  readonly checkpoint?: CurvatureCheckpoint;
}

/** Ritz values of an operator on a Krylov space. */
export interface LanczosResult {
  /** θ_i, ascending; as many as `steps`, or fewer if it stopped before. */
  readonly values: Float64Array;
  /** ‖Hu_i − θ_i u_i‖₂ of the unit Ritz vectors u_i: some eigenvalue lies as near to θ_i. */
  readonly residuals: Float64Array;
  /** (qᵀu_i)² with the unit start q, the weights of Gauss quadrature; their sum is 1. */
  readonly weights: Float64Array;
  /** Unit Ritz vectors, if asked for, in the order of the values. */
  readonly vectors?: readonly Float64Array[];
  /** Products computed. */
  readonly steps: number;
  /** Why it stopped, see {@link KrylovSpace}. */
  readonly stopReason: KrylovSpace["stopReason"];
}

/**
 * Lanczos' method: Ritz values of a symmetric operator on span{q, Hq, …, H^{m−1}q}, of which the
 * outermost converge first to the operator's outermost eigenvalues.
 *
 * The residuals are β_m |s_m,i| with the last components of T's eigenvectors, at no further
 * product. A multiple eigenvalue appears once: one start cannot tell its eigenvectors apart.
 *
 * - Source: Golub and Van Loan 2013, Matrix Computations, §10.1; Parlett 1998, The Symmetric
 *   Eigenvalue Problem, §13.2.
 * - Cost: `steps` products, and `steps` vectors of memory, as all are kept orthogonal.
 * - Choose `steps` by the residuals: an eigenvalue lies within the residual of its Ritz value. Ten give
 *   the largest of a trained network to some digits, thirty the top of the spectrum.
 * - It does not tell how many directions are sharp (see `spectralDensity`), nor anything beyond the
 *   quadratic at x; like every Hessian's, its eigenvalues change under rescaling (`rescaleLayer`).
 *
 * @example A diagonal operator with two distinct eigenvalues is exhausted after two steps
 * ```ts
 * import { lanczos } from "./lanczos.ts";
 * import assert from "node:assert/strict";
 *
 * const diagonal = Float64Array.of(1, 1, 5);
 * const operator = {
 *   dimension: 3,
 *   apply: (v: Float64Array) => Promise.resolve(v.map((vi, i) => diagonal[i]! * vi)),
 * };
 * const { values, stopReason } = await lanczos(operator, { steps: 3, seed: 1 });
 * assert.equal(stopReason, "invariant");
 * assert.ok(Math.abs(values[0]! - 1) < 1e-14 && Math.abs(values[1]! - 5) < 1e-14);
 * ```
 *
 * @throws {TypeError} If the start has not the operator's dimension.
 * @throws {RangeError} If `steps` is not a whole number from 1, or the start is 0 or not finite.
 */
export async function lanczos(
  operator: LinearOperator,
  { steps, seed, start, keepVectors = false, onProduct, checkpoint }: LanczosOptions,
): Promise<LanczosResult> {
  if (!(Number.isInteger(steps) && steps > 0)) {
    throw new RangeError(`Cannot run ${steps} steps of Lanczos; give a whole number from 1`);
  }
  const first = unitStart(operator.dimension, start, seed);
  const options = { steps, keepVectors, onProduct, checkpoint };
  const space = await krylovSpace(operator, first, options);
  const { basis, alphas, betas, products, stopReason } = space;
  const m = alphas.length;
  // All components of T's eigenvectors for the Ritz vectors, else the first and the last.
  const width = keepVectors ? m : 2;
  const identity = new Float64Array(m * width);
  for (let k = 0; k < m; k++) if (keepVectors) identity[k * width + k] = 1;
  if (!keepVectors && m > 0) identity[0] = identity[m * width - 1] = 1;
  const { values, rotated } = tridiagonalEigen(
    Float64Array.from(alphas),
    Float64Array.from(betas),
    identity,
  );
  return {
    values,
    residuals: values.map((_, i) => betas[m - 1]! * Math.abs(rotated[(i + 1) * width - 1]!)),
    weights: values.map((_, i) => rotated[i * width]! ** 2),
    ...(basis && { vectors: combinations(basis, rotated) }),
    steps: products,
    stopReason,
  };
}

/** Σ_j s_ij q_j for each row s_i, row-major [m, m]. */
function combinations(basis: readonly HostVector[], rows: Float64Array): Float64Array[] {
  const m = basis.length;
  return basis.map((q, i) => {
    const vector = new Float64Array(q.length);
    addColumns(vector, basis as Columns, rows.subarray(i * m, (i + 1) * m)); // all of one kind
    return vector;
  });
}

/** A random or given start, of length 1. */
export function unitStart(n: number, start: Float64Array | undefined, seed: number): Float64Array {
  if (start && start.length !== n) {
    throw new TypeError(
      `Cannot start Lanczos from ${start.length} coordinates; the operator has ${n}`,
    );
  }
  const first = start?.slice() ?? new Float64Array(n);
  if (!start) stream(seed, "lanczos").fillNormal(first, 0);
  const length = norm(first);
  if (!(length > 0 && length < Infinity)) {
    throw new RangeError(`Cannot start Lanczos from a vector of length ${length}; give another`);
  }
  return first.map((entry) => entry / length);
}

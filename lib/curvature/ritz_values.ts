import { asBasis, type SubspaceBasis } from "../linalg/basis.ts";
import { gramFactor, solveLowerTransposedInPlace } from "../linalg/cholesky.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import { symmetricEigen } from "../linalg/symmetric_eigen.ts";
import { asVector, type CurvatureCheckpoint, numbered } from "./checkpoint.ts";
import { hostProjection } from "./host_projection.ts";

/** Products asked for at a time: what an operator gains by products at one point is had by then. */
const PRODUCTS_AT_ONCE = 4;

/** Ritz values of an operator on a subspace. */
export interface RitzResult {
  /** θ_i, ascending, shape [p]. */
  readonly values: Float64Array;
  /**
   * ‖HAu_i − θ_i Au_i‖₂ / ‖Au_i‖₂. On a random subspace it is large: the Ritz vectors are far from
   * eigenvectors, and θ_i is the curvature along them, no eigenvalue.
   */
  readonly residuals: Float64Array;
  /** Products with the operator. */
  readonly products: number;
}

/** How {@link ritzValues} runs. */
export interface RitzOptions {
  /** Most bytes in which to keep the images of the basis as float64; beyond, as float32. */
  readonly byteBudget?: number;
  /** Called after every few products, which are computed together. */
  readonly onProduct?: (done: number, total: number) => void;
  /** Saves the images between products, and goes on from what was saved, to the same bits. */
  readonly checkpoint?: CurvatureCheckpoint;
}

/**
 * Ritz values of a symmetric operator H on col(A): AᵀHA u = θ AᵀA u, for any independent columns.
 *
 * With AᵀA = LLᵀ and the orthonormal Q = AL⁻ᵀ they are the eigenvalues of QᵀHQ, u = L⁻ᵀs. The
 * residuals need HQs for all eigenvectors s. So the p images HQe_j are kept, which saves p further
 * products. They are float64 while they fit `byteBudget` (512 MiB, which is p = 45 for F1), else
 * float32 (p = 100: 585 MB for F1). float32 leaves the residuals an error of ~1e-7 ‖H‖.
 *
 * - Source: Parlett 1998, The Symmetric Eigenvalue Problem, §11.3 and §11.5, §15.2.
 * - Cost: p products, and p vectors of memory.
 * - Choose A as in the sharpness that the values are to be held against; with an orthonormal A they are
 *   interlaced with the eigenvalues.
 * - They do not tell the largest eigenvalue: in a random subspace θ_max is near the mean curvature,
 *   tr H/n, and far below λ_max, for which there is `lanczos`.
 *
 * @param basis A, of the operator's dimension: a subspace, or a list of columns.
 *
 * @example Two unequal columns that span an invariant plane
 * ```ts
 * import { ritzValues } from "./ritz_values.ts";
 * import assert from "node:assert/strict";
 *
 * const diagonal = Float64Array.of(1, 5, 9);
 * const operator = {
 *   dimension: 3,
 *   apply: (v: Float64Array) => Promise.resolve(v.map((vi, i) => diagonal[i]! * vi)),
 * };
 * const columns = [Float64Array.of(2, 1, 0), Float64Array.of(0, 3, 0)];
 * const { values, residuals } = await ritzValues(operator, columns);
 * assert.ok(Math.abs(values[0]! - 1) < 1e-14 && Math.abs(values[1]! - 5) < 1e-14);
 * assert.ok(Math.max(...residuals) < 1e-14);
 * ```
 *
 * @throws {TypeError} If dimensions differ.
 * @throws {RangeError} If A's columns are numerically dependent, or a product is not finite.
 */
export async function ritzValues(
  operator: LinearOperator,
  basis: SubspaceBasis | readonly Float64Array[],
  { byteBudget = 2 ** 29, onProduct, checkpoint }: RitzOptions = {},
): Promise<RitzResult> {
  const given = asBasis(basis);
  const p = given.dimension;
  if (given.ambient !== operator.dimension) {
    throw new TypeError(
      `Cannot take Ritz values of an operator on R^${operator.dimension} ` +
        `in a subspace of R^${given.ambient}; give a subspace of the operator's space`,
    );
  }
  const factor = gramFactor(given.gram(), p);
  if (!factor) {
    throw new RangeError(
      `Cannot take Ritz values: the ${p} columns of A are linearly dependent; ` +
        "give fewer or other columns",
    );
  }
  /** Q s. */
  const orthonormal = (s: Float64Array): Float64Array => {
    const y = s.slice();
    solveLowerTransposedInPlace(factor, p, y);
    return given.expand(y);
  };
  const saved = checkpoint?.load();
  const projected = Float64Array.from(saved?.projected ?? new Float64Array(p * p));
  const done = saved?.count?.[0] ?? 0;
  const start = {
    count: p,
    vector: (j: number) => orthonormal(unit(p, j)),
    images: Array.from({ length: done }, (_, k) => asVector(saved![`image/${k}`]!)),
  };
  const parts = { operator, basis: given, factor, expand: orthonormal, start, byteBudget };
  await using projection = await operator.projection?.(start) ?? hostProjection(parts);
  for (let first = done; first < p; first += PRODUCTS_AT_ONCE) {
    const count = Math.min(PRODUCTS_AT_ONCE, p - first);
    const rows = await projection.rows(first, count);
    for (const [k, row] of rows.entries()) projected.set(row, (first + k) * p);
    onProduct?.(first + count, p);
    if (!checkpoint?.isDue()) continue;
    await checkpoint.save({
      count: Float64Array.of(first + count),
      projected,
      ...numbered("image", await projection.images()),
    });
  }
  symmetrise(projected, p);
  const { values, vectors } = symmetricEigen(projected, p);
  const residuals = new Float64Array(p);
  for (const [k, theta] of values.entries()) {
    residuals[k] = await projection.residual(vectors.subarray(k * p, (k + 1) * p), theta);
  }
  return { values, residuals, products: p };
}

/** e_j in Rᵖ. */
function unit(p: number, j: number): Float64Array {
  const e = new Float64Array(p);
  e[j] = 1;
  return e;
}

/** Rounding leaves QᵀHQ slightly unsymmetric. */
function symmetrise(matrix: Float64Array, p: number): void {
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (matrix[i * p + j]! + matrix[j * p + i]!) / 2;
      matrix[i * p + j] = matrix[j * p + i] = mean;
    }
  }
}

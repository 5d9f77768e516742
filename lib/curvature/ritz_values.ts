import type { SubspaceBasis } from "../linalg/basis.ts";
import {
  choleskyInPlace,
  solveLowerInPlace,
  solveLowerTransposedInPlace,
} from "../linalg/cholesky.ts";
import type { LinearOperator } from "../linalg/operator.ts";
import { symmetricEigen } from "../linalg/symmetric_eigen.ts";
import { dot } from "../linalg/vector.ts";

/** Ritz values of an operator on a subspace. */
export interface RitzResult {
  /** θ_i, ascending, length p. */
  readonly values: Float64Array;
  /**
   * ‖HAu_i − θ_i Au_i‖₂ / ‖Au_i‖₂. On a random subspace it is large: the Ritz vectors are far from
   * eigenvectors, and θ_i is the curvature along them, no eigenvalue.
   */
  readonly residuals: Float64Array;
  /** Products with the operator. */
  readonly products: number;
}

/**
 * Ritz values of a symmetric operator H on col(A): AᵀHA u = θ AᵀA u, for any independent columns.
 *
 * With AᵀA = LLᵀ and the orthonormal Q = AL⁻ᵀ they are the eigenvalues of QᵀHQ. The residuals need
 * ‖HQs‖, so the p images HQe_j are kept, in float32 (4pn bytes: 585 MB for F1 and p = 100), which
 * leaves the residuals six digits.
 *
 * Source: Parlett 1998, _The Symmetric Eigenvalue Problem_, §11.3–11.5.
 *
 * @param basis A, of the operator's dimension.
 * @throws {TypeError} If dimensions differ.
 * @throws {RangeError} If A's columns are numerically dependent.
 */
export async function ritzValues(
  operator: LinearOperator,
  basis: SubspaceBasis,
  { onProduct }: { readonly onProduct?: (done: number) => void } = {},
): Promise<RitzResult> {
  const { ambient, dimension: p } = basis;
  if (ambient !== operator.dimension) {
    throw new TypeError(
      `Cannot take Ritz values of an operator on R^${operator.dimension} in a subspace of R^${ambient}`,
    );
  }
  const factor = basis.gram().slice();
  if (!choleskyInPlace(factor, p)) {
    throw new RangeError("Cannot take Ritz values: the columns of A are linearly dependent");
  }
  const projected = new Float64Array(p * p); // L⁻¹ AᵀHA L⁻ᵀ, made row by row
  const images: Float32Array[] = []; // H A L⁻ᵀ e_j, the image of the j-th orthonormal direction
  for (let j = 0; j < p; j++) {
    const unit = new Float64Array(p);
    unit[j] = 1;
    solveLowerTransposedInPlace(factor, p, unit);
    const image = await operator.apply(basis.expand(unit));
    onProduct?.(j + 1);
    const row = basis.restrict(image);
    solveLowerInPlace(factor, p, row);
    projected.set(row, j * p);
    images.push(Float32Array.from(image));
  }
  for (let i = 0; i < p; i++) { // rounding leaves it slightly unsymmetric
    for (let j = 0; j < i; j++) {
      const mean = (projected[i * p + j]! + projected[j * p + i]!) / 2;
      projected[i * p + j] = projected[j * p + i] = mean;
    }
  }
  const { values, vectors } = symmetricEigen(projected, p);
  const residuals = values.map((theta, k) => {
    // ‖HQs − θQs‖² = ‖HQs‖² − θ² for a unit vector s with sᵀQᵀHQs = θ.
    const image = combine(images, vectors.subarray(k * p, (k + 1) * p));
    return Math.sqrt(Math.max(0, dot(image, image) - theta * theta));
  });
  return { values, residuals, products: p };
}

function combine(columns: readonly Float32Array[], weights: Float64Array): Float64Array {
  const total = new Float64Array(columns[0]!.length);
  columns.forEach((column, j) => {
    const weight = weights[j]!;
    for (let i = 0; i < total.length; i++) total[i]! += weight * column[i]!;
  });
  return total;
}

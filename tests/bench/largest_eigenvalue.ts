import { krylovSpace } from "../../lib/curvature/krylov.ts";
import { unitStart } from "../../lib/curvature/lanczos.ts";
import type { LinearOperator } from "../../lib/linalg/operator.ts";
import { tridiagonalEigen } from "../../lib/linalg/tridiagonal_eigen.ts";

/** A Ritz value with what it rests on. */
export interface FoundEigenvalue {
  readonly value: number;
  /** ‖Hu − λu‖₂ of the unit vector u. */
  readonly residual: number;
  readonly products: number;
}

/**
 * λ_max by the loop under `lanczos()`, until the residual is so small a share of it.
 *
 * @param start Not of length 1, as a rule.
 */
export async function largestEigenvalue(
  hessian: LinearOperator,
  start: Float64Array,
  tolerance: number,
  mostProducts: number,
): Promise<FoundEigenvalue> {
  const first = unitStart(hessian.dimension, start, 0);
  const space = await krylovSpace(hessian, first, {
    steps: mostProducts,
    isEnough(alphas, betas) {
      const { value, residual } = top(alphas, betas);
      return residual <= tolerance * value;
    },
  });
  return { ...top(space.alphas, space.betas), products: space.products };
}

function top(alphas: readonly number[], betas: readonly number[]) {
  const last = new Float64Array(alphas.length);
  last[alphas.length - 1] = 1;
  const { values, rotated } = tridiagonalEigen(
    Float64Array.from(alphas),
    Float64Array.from(betas),
    last,
  );
  return { value: values.at(-1)!, residual: betas.at(-1)! * Math.abs(rotated.at(-1)!) };
}

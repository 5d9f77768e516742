import { applyToAll, type LinearOperator } from "../linalg/operator.ts";
import { randomSigns } from "./random_signs.ts";

/** Probes made at a time: what an operator gains by products at one point is had by then. */
const PROBES_AT_ONCE = 4;

/**
 * Estimates the diagonal of H: the mean of v ∘ Hv over vectors v of random signs.
 *
 * It is unbiased; the variance of entry i for one probe is Σ_{j≠i} H_ij². So it is exact for a
 * diagonal operator. A mean over k probes ranks entries well only where they stand out: by more
 * than 1/√k of the norm of the rest of their rows.
 *
 * - Source: Bekas, Kokiopoulou and Saad 2007, "An estimator for the diagonal of a matrix".
 * - Cost: `probes` products.
 *
 * @example
 * ```ts
 * import { hessianDiagonal } from "./hessian_diagonal.ts";
 * import assert from "node:assert/strict";
 *
 * const diagonal = Float64Array.of(1, 2, 4);
 * const operator = {
 *   dimension: 3,
 *   apply: (v: Float64Array) => Promise.resolve(v.map((vi, i) => diagonal[i]! * vi)),
 * };
 * assert.deepEqual(await hessianDiagonal(operator, { probes: 2, seed: 1 }), diagonal);
 * ```
 *
 * @returns Shape [n].
 * @throws {RangeError} If `probes` is not a whole number from 1.
 */
export async function hessianDiagonal(
  operator: LinearOperator,
  { probes, seed, onProduct }: {
    readonly probes: number;
    readonly seed: number;
    /** Called after products, with their number so far. */
    readonly onProduct?: (done: number) => void;
  },
): Promise<Float64Array> {
  if (!(Number.isInteger(probes) && probes > 0)) {
    throw new RangeError(
      `Cannot estimate a diagonal by ${probes} probes; give a whole number from 1`,
    );
  }
  const diagonal = new Float64Array(operator.dimension);
  for (let first = 0; first < probes; first += PROBES_AT_ONCE) {
    const vectors = Array.from(
      { length: Math.min(PROBES_AT_ONCE, probes - first) },
      (_, k) => randomSigns(operator.dimension, seed, "diagonal", first + k),
    );
    const images = await applyToAll(operator, vectors);
    vectors.forEach((v, k) => {
      const image = images[k]!;
      for (let i = 0; i < diagonal.length; i++) diagonal[i]! += v[i]! * image[i]! / probes;
    });
    onProduct?.(first + vectors.length);
  }
  return diagonal;
}

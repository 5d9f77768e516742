import { applyToAll, type LinearOperator } from "../linalg/operator.ts";
import { dot } from "../linalg/vector.ts";
import { randomSigns } from "./random_signs.ts";

/** Probes made at a time: what an operator gains by products at one point is had by then. */
const PROBES_AT_ONCE = 4;

/** An estimate of a trace with its spread. */
export interface TraceEstimate {
  /** Mean of vᵀHv over the probes. */
  readonly mean: number;
  /** Sample standard deviation over √probes; NaN for one probe. */
  readonly standardError: number;
  /** Number of probes, each one product. */
  readonly probes: number;
}

/**
 * Hutchinson's estimate of tr H: the mean of vᵀHv over vectors v of random signs.
 *
 * The variance of one probe is 2 Σ_{i≠j} H_ij², so it is exact for a diagonal operator.
 *
 * - Source: Hutchinson 1990, "A stochastic estimator of the trace of the influence matrix".
 * - Cost: `probes` products.
 * - Choose `probes` by the standard error, which falls with their root; ten usually give a tenth.
 * - It does not tell a few sharp directions from many flat ones, and negative curvature cancels
 *   positive; ½σ² tr H is what `expectedSharpness` finds for small σ. It changes under rescaling.
 *
 * @example
 * ```ts
 * import { hutchinsonTrace } from "./hutchinson_trace.ts";
 * import assert from "node:assert/strict";
 *
 * const diagonal = Float64Array.of(1, 2, 4);
 * const operator = {
 *   dimension: 3,
 *   apply: (v: Float64Array) => Promise.resolve(v.map((vi, i) => diagonal[i]! * vi)),
 * };
 * assert.equal((await hutchinsonTrace(operator, { probes: 2, seed: 1 })).mean, 7);
 * ```
 *
 * @throws {RangeError} If `probes` is not a whole number from 1, or a product is not finite.
 */
export async function hutchinsonTrace(
  operator: LinearOperator,
  { probes, seed }: { readonly probes: number; readonly seed: number },
): Promise<TraceEstimate> {
  if (!(Number.isInteger(probes) && probes > 0)) {
    throw new RangeError(
      `Cannot estimate a trace by ${probes} probes; give a whole number from 1`,
    );
  }
  const samples: number[] = [];
  for (let first = 0; first < probes; first += PROBES_AT_ONCE) {
    const vectors = Array.from(
      { length: Math.min(PROBES_AT_ONCE, probes - first) },
      (_, k) => randomSigns(operator.dimension, seed, "hutchinson", first + k),
    );
    for (const [k, sample] of (await quadraticForms(operator, vectors)).entries()) {
      if (!Number.isFinite(sample)) {
        throw new RangeError(
          `Cannot estimate a trace: product ${
            first + k + 1
          } is not finite; give a point where the Hessian is`,
        );
      }
      samples.push(sample);
    }
  }
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / probes;
  const squares = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (probes - 1) / probes), probes };
}

/** vᵀHv of each vector. */
async function quadraticForms(
  operator: LinearOperator,
  vectors: readonly Float64Array[],
): Promise<number[]> {
  if (operator.quadraticForms) return await operator.quadraticForms(vectors);
  const images = await applyToAll(operator, vectors);
  return vectors.map((v, k) => dot(v, images[k]!));
}

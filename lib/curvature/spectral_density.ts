import type { LinearOperator } from "../linalg/operator.ts";
import { stream } from "../random/stream.ts";
import { lanczos } from "./lanczos.ts";
import { withSharedBasis } from "./shared_basis.ts";

/** A spectrum smoothed by a Gaussian, and the quadrature it comes from. */
export interface SpectralDensity {
  /** Points λ, ascending. */
  readonly grid: Float64Array;
  /** Density at the grid's points; its integral is 1. */
  readonly density: Float64Array;
  /** Ritz values of all probes. */
  readonly nodes: Float64Array;
  /** Their weights; the sum is 1. */
  readonly weights: Float64Array;
  /** ‖Hu − θu‖₂ of the nodes' unit Ritz vectors: an eigenvalue lies as near to its node. */
  readonly residuals: Float64Array;
}

/** How {@link spectralDensity} runs. */
export interface SpectralDensityOptions {
  /** m, the steps of Lanczos from each probe. */
  readonly steps: number;
  /** K, the number of random starts. */
  readonly probes: number;
  /** Seed of the random starts. */
  readonly seed: number;
  /** Called after each product; there are at most steps · probes. */
  readonly onProduct?: (done: number, total: number) => void;
}

const GRID_POINTS = 512;
/** Width of the Gaussian as a share of the range, and how far the grid goes beyond the range. */
const WIDTH = 0.01;
const MARGIN = 4;

/**
 * Density of an operator's eigenvalues by stochastic Lanczos quadrature.
 *
 *     (1/n) Σ_i δ(λ − λ_i) ≈ (1/K) Σ_k Σ_j w_kj δ(λ − θ_kj)
 *
 * The Ritz values θ_kj and weights w_kj = (e₁ᵀs_kj)² are those of Lanczos from K random unit vectors.
 * A Gaussian of 1 % of the range smooths the sum.
 *
 * - Source: Lin, Saad and Yang 2016, "Approximating spectral densities of large matrices", §3.2.
 * - Cost: `steps` · `probes` products, and `steps` vectors of memory.
 * - Choose `steps` for detail at the ends, 30 to 100, and `probes` for the bulk: in millions of
 *   dimensions one or two suffice, as every random vector sees nearly the same spectrum.
 * - It does not tell single eigenvalues within the bulk, nor how the mass near 0 divides below the
 *   width of the Gaussian: of a trained network nearly all of it lies there.
 *
 * @example Nodes and weights give the moments: here the trace over n of a multiple of I
 * ```ts
 * import { spectralDensity } from "./spectral_density.ts";
 * import assert from "node:assert/strict";
 *
 * const operator = {
 *   dimension: 4,
 *   apply: (v: Float64Array) => Promise.resolve(v.map((vi) => 3 * vi)),
 * };
 * const { nodes, weights } = await spectralDensity(operator, { steps: 2, probes: 2, seed: 1 });
 * const mean = nodes.reduce((sum, node, j) => sum + node * weights[j]!, 0);
 * assert.ok(Math.abs(mean - 3) < 1e-14);
 * ```
 *
 * @throws {RangeError} If `steps` or `probes` is not a whole number from 1, or a product is not finite.
 */
export async function spectralDensity(
  operator: LinearOperator,
  { steps, probes, seed, onProduct }: SpectralDensityOptions,
): Promise<SpectralDensity> {
  if (!(Number.isInteger(probes) && probes > 0)) {
    throw new RangeError(`Cannot average over ${probes} probes; give a whole number from 1`);
  }
  const nodes: number[] = [];
  const weights: number[] = [];
  const residuals: number[] = [];
  let products = 0;
  await using shared = await withSharedBasis(operator, steps);
  for (let k = 0; k < probes; k++) {
    const start = new Float64Array(operator.dimension);
    stream(seed, "spectral density", k).fillNormal(start, 0);
    const result = await lanczos(shared, {
      steps,
      seed,
      start,
      onProduct: () => onProduct?.(++products, steps * probes),
    });
    if (result.stopReason === "not-finite") {
      throw new RangeError(
        `Cannot estimate a density: product ${result.steps} of probe ${k} is not finite; give a point where the Hessian is`,
      );
    }
    nodes.push(...result.values);
    weights.push(...result.weights.map((weight) => weight / probes));
    residuals.push(...result.residuals);
  }
  const [least, most] = [Math.min(...nodes), Math.max(...nodes)];
  // A single eigenvalue has no range but that of rounding: any width shows it as one peak.
  const size = Math.max(Math.abs(least), Math.abs(most));
  const width = WIDTH * (Math.max(most - least, 1e-6 * size) || 1);
  const grid = Float64Array.from({ length: GRID_POINTS }, (_, i) => {
    const share = i / (GRID_POINTS - 1);
    return (least - MARGIN * width) * (1 - share) + (most + MARGIN * width) * share;
  });
  const height = 1 / (width * Math.sqrt(2 * Math.PI));
  const density = grid.map((lambda) =>
    nodes.reduce(
      (sum, node, j) =>
        sum + weights[j]! * height * Math.exp(-0.5 * ((lambda - node) / width) ** 2),
      0,
    )
  );
  return {
    grid,
    density,
    nodes: Float64Array.from(nodes),
    weights: Float64Array.from(weights),
    residuals: Float64Array.from(residuals),
  };
}

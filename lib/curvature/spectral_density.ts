import type { LinearOperator } from "../linalg/operator.ts";
import { stream } from "../random/stream.ts";
import { lanczos } from "./lanczos.ts";

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
}

const GRID_POINTS = 512;
/** Width of the Gaussian as a share of the range, and how far the grid goes beyond the range. */
const WIDTH = 0.01;
const MARGIN = 4;

/**
 * Density of an operator's eigenvalues by stochastic Lanczos quadrature:
 * (1/n) Σ_i δ(λ − λ_i) ≈ (1/K) Σ_k Σ_j w_kj δ(λ − θ_kj), with the Ritz values θ_kj and weights
 * w_kj = (e₁ᵀs_kj)² of Lanczos from K random unit vectors, smoothed by a Gaussian of 1 % of the range.
 *
 * Source: Lin, Saad & Yang 2016, _Approximating spectral densities of large matrices_, §3.2.
 *
 * @throws {RangeError} If `steps` or `probes` is not a positive integer.
 */
export async function spectralDensity(
  operator: LinearOperator,
  { steps, probes, seed }: {
    readonly steps: number;
    readonly probes: number;
    readonly seed: number;
  },
): Promise<SpectralDensity> {
  if (!(Number.isInteger(probes) && probes > 0)) {
    throw new RangeError(`Cannot average over ${probes} probes; want a positive integer`);
  }
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let k = 0; k < probes; k++) {
    const start = new Float64Array(operator.dimension);
    stream(seed, "spectral density", k).fillNormal(start, 0);
    const result = await lanczos(operator, { steps, seed, start });
    nodes.push(...result.values);
    weights.push(...result.weights.map((weight) => weight / probes));
  }
  const [least, most] = [Math.min(...nodes), Math.max(...nodes)];
  // A single eigenvalue has no range: any width shows it as one peak.
  const width = WIDTH * (most - least || Math.abs(most) || 1);
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
  return { grid, density, nodes: Float64Array.from(nodes), weights: Float64Array.from(weights) };
}

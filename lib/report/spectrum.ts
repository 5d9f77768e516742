/** What is read off a spectrum's quadrature: its ends, and how many eigenvalues are large. */
import type { SpectrumRecord } from "./minimum_results.ts";

/** A Ritz value with its residual: an eigenvalue lies as near. */
export interface RitzValue {
  readonly value: number;
  readonly residual: number;
}

/** The largest Ritz value of all probes. */
export function largestEigenvalue({ density }: SpectrumRecord): RitzValue {
  return endOf(density, Math.max(...density.nodes));
}

/** The smallest Ritz value of all probes. */
export function smallestEigenvalue({ density }: SpectrumRecord): RitzValue {
  return endOf(density, Math.min(...density.nodes));
}

function endOf({ nodes, residuals }: SpectrumRecord["density"], value: number): RitzValue {
  return { value, residual: residuals[nodes.indexOf(value)] ?? NaN };
}

/**
 * Estimated number of eigenvalues of at least `threshold`: n Σ w_j over the nodes θ_j from there on.
 *
 * A random start sees each of k such eigenvalues with a weight that varies by √2 of its mean, so the
 * estimate varies by about √(2k/probes).
 *
 * @example
 * ```ts
 * import { eigenvaluesFrom } from "./spectrum.ts";
 * import assert from "node:assert/strict";
 *
 * const density = { nodes: [0, 1, 5], weights: [0.7, 0.2, 0.1] };
 * assert.equal(eigenvaluesFrom(5, { dimension: 50, density }), 5);
 * ```
 */
export function eigenvaluesFrom(
  threshold: number,
  { dimension, density: { nodes, weights } }: {
    readonly dimension: number;
    readonly density: Pick<SpectrumRecord["density"], "nodes" | "weights">;
  },
): number {
  const weight = nodes.reduce((sum, node, j) => node >= threshold ? sum + weights[j]! : sum, 0);
  return dimension * weight;
}

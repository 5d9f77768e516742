/** What is read off a spectrum's quadrature: its ends, and how many eigenvalues are large. */
import type { SpectrumRecord } from "./minimum_results.ts";

/** A Ritz value with its residual: an eigenvalue lies as near. */
export interface RitzValue {
  readonly value: number;
  readonly residual: number;
}

/** Whether there is a spectrum: where f is not finite there are no Ritz values. */
export function hasSpectrum({ diverged, density }: SpectrumRecord): boolean {
  return !diverged && density.nodes.length > 0 && density.nodes.every(Number.isFinite);
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

/** Eigenvalues of at least this share of the largest one count as large. */
const LARGE = 0.01;

/**
 * Estimated number of eigenvalues of at least a hundredth of the largest one. A positive one is at
 * least one itself, though a random start may see it with less weight.
 */
export function largeEigenvalues(record: SpectrumRecord): number {
  const { value } = largestEigenvalue(record);
  return Math.max(value > 0 ? 1 : 0, eigenvaluesFrom(LARGE * value, record));
}

/**
 * Least estimated share of the Hessian's eigenvectors whose eigenvalues hold `part` of Σ |λ|. Along
 * an eigenvector f rises by ½ λ s² over a step of length s. So this is the share of directions
 * along which most of the rise lies, counted in the eigenbasis.
 *
 * The nodes θ_j of the quadrature with weights w_j, sorted by |θ_j| descending, stand for n w_j
 * eigenvalues each; within the last one that is needed the count is linear.
 *
 * - Lanczos merges small eigenvalues into few nodes. Where they have one sign the share comes out too
 *   large; where they have both they cancel, Σ |λ| is too small, and so is the share. The largest
 *   have each a weight of about 1/n, which varies by √2 of its mean from start to start.
 *
 * @returns In [0, 1]; NaN where there are no nodes.
 *
 * @example A quarter of the eigenvalues hold 90 % of the sum
 * ```ts
 * import { shareHolding } from "./spectrum.ts";
 * import assert from "node:assert/strict";
 *
 * const density = { nodes: [1, 27], weights: [0.75, 0.25] };
 * assert.equal(shareHolding(0.9, density), 0.25);
 * ```
 */
export function shareHolding(
  part: number,
  { nodes, weights }: Pick<SpectrumRecord["density"], "nodes" | "weights">,
): number {
  const order = nodes.map((node, j) => ({ size: Math.abs(node), weight: weights[j]! }))
    .sort((a, b) => b.size - a.size);
  const total = order.reduce((sum, { size, weight }) => sum + size * weight, 0);
  const mass = order.reduce((sum, { weight }) => sum + weight, 0);
  let [held, share] = [0, 0];
  for (const { size, weight } of order) {
    const wanted = part * total - held;
    if (size * weight >= wanted) return (share + (size > 0 ? wanted / size : 0)) / mass;
    held += size * weight;
    share += weight;
  }
  return share / mass;
}

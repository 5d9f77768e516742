import type { NumericArray, Session } from "../engine/engine.ts";
import { lossOf, type Network } from "../networks/network.ts";
import type { OnChunk } from "./chunk_sums.ts";
import type { ChunkFeeds } from "./chunks.ts";

/** How a network does on a data set; examples count by their weights where they have some. */
export interface Performance {
  /** f: the mean loss, in nats of cross-entropy. */
  readonly loss: number;
  /**
   * Share of labels whose logit is the largest of their row, or of values on the right side of ½, in
   * [0, 1]; NaN of a loss by which no output is right or wrong.
   */
  readonly accuracy: number;
  /**
   * R² = 1 − Σ w (z − t)² / Σ w (t − t̄)² over all outputs z, with t̄ the mean target of each: of such
   * a loss, and where the targets differ.
   */
  readonly determination?: number;
}

/** A sum of losses that goes on: Σ w_i ℓ_i in float64. */
export function addLosses(
  losses: NumericArray,
  weights: Float64Array | undefined,
  before: number,
): number {
  let total = before;
  if (weights) { for (let i = 0; i < losses.length; i++) total += weights[i]! * losses[i]!; }
  else for (const loss of losses) total += loss;
  return total;
}

/** Of all rows of a chunk: their number where all count alike. */
export function totalWeight(
  { labelsPerExample = 1 }: Pick<Network, "labelsPerExample">,
  { size, weights }: Pick<ChunkFeeds, "size" | "weights">,
): number {
  return weights ? weights.reduce((sum, weight) => sum + weight, 0) : size * labelsPerExample;
}

/** Of all rows of some chunks. */
export function weightOf(network: Network, chunks: readonly ChunkFeeds[]): number {
  return chunks.reduce((sum, chunk) => sum + totalWeight(network, chunk), 0);
}

/** Adds up the losses of chunks, in float64. */
export function summedLosses(): { readonly add: OnChunk; total(): number } {
  let total = 0;
  return {
    add({ weights }, { losses }) {
      total = addLosses(losses!, weights, total);
    },
    total: () => total,
  };
}

/**
 * Evaluates the network whose parameters the session holds.
 *
 * Losses come back row by row and are summed in float64. A NaN output never counts as a hit.
 */
export async function performanceOf(
  network: Network,
  session: Session,
  chunks: readonly ChunkFeeds[],
): Promise<Performance> {
  const { hits, targets: kind } = lossOf(network);
  const spread = hits ? undefined : spreadOf(network.classes, chunks);
  let [total, hit, squares, count] = [0, 0, 0, 0];
  for (const chunk of chunks) {
    const { size, targets, weights, feeds } = chunk;
    const { losses, logits } = await session.run(`losses ${size}`, feeds);
    total = addLosses(losses!, weights, total);
    count += totalWeight(network, chunk);
    const width = logits!.length / losses!.length;
    const perRow = kind === "labels" ? 1 : width;
    for (let row = 0; row < losses!.length; row++) {
      const outputs = logits!.subarray(row * width, (row + 1) * width);
      const wanted = targets.subarray(row * perRow, (row + 1) * perRow);
      const weight = weights?.[row] ?? 1;
      if (hits) hit += weight * hits(outputs, wanted);
      else outputs.forEach((z, k) => squares += weight * (z - wanted[k]!) ** 2);
    }
  }
  return {
    loss: total / count,
    accuracy: hits ? hit / count : NaN,
    ...(spread && { determination: 1 - squares / spread }),
  };
}

/** Σ w (t − t̄)² over all values, with t̄ the weighted mean of each column. */
function spreadOf(width: number, chunks: readonly ChunkFeeds[]): number {
  const means = new Float64Array(width);
  let [count, squares] = [0, 0];
  const each = (visit: (value: number, column: number, weight: number) => void) => {
    for (const { targets, weights } of chunks) {
      targets.forEach((value, i) => visit(value, i % width, weights?.[Math.floor(i / width)] ?? 1));
    }
  };
  each((value, column, weight) => {
    means[column]! += weight * value;
    count += weight / width;
  });
  each((value, column, weight) => squares += weight * (value - means[column]! / count) ** 2);
  return squares;
}

import type { Session } from "../engine/engine.ts";
import type { ChunkFeeds } from "./chunks.ts";

/** How a classifier does on a data set. */
export interface Performance {
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** Share of labels whose logit is the largest of their row, in [0, 1]. */
  readonly accuracy: number;
}

/**
 * Evaluates the network whose parameters the session holds.
 *
 * Losses come back example by example and are summed in float64. A NaN logit never counts as a hit.
 */
export async function performanceOf(
  session: Session,
  chunks: readonly ChunkFeeds[],
): Promise<Performance> {
  let total = 0;
  let hits = 0;
  let count = 0;
  for (const { size, labels, feeds } of chunks) {
    const { losses, logits } = await session.run(`losses ${size}`, feeds);
    for (const loss of losses!) total += loss;
    const classes = logits!.length / labels.length;
    labels.forEach((label, row) => {
      const own = logits![row * classes + label]!;
      let largest = !Number.isNaN(own);
      for (let k = 0; k < classes && largest; k++) {
        largest = k === label || logits![row * classes + k]! < own;
      }
      if (largest) hits++;
    });
    count += labels.length;
  }
  return { loss: total / count, accuracy: hits / count };
}

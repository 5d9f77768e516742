import { chunkSizes } from "../objective/chunks.ts";

/**
 * Checks before anything is computed that ghosts divide all batches that are larger than they.
 *
 * A last ghost of a few examples would have moments of its own that are worth nothing, so none is
 * made. An epoch's last batch may be smaller than a ghost; it is then normalised as a whole.
 *
 * Source: Hoffer, Hubara & Soudry 2017, "ghost batch normalization".
 *
 * @param ghost Examples that are normalised by themselves.
 * @param batchSizes All sizes of the batches of an epoch but for its last.
 * @param count Examples of the training set.
 * @throws {RangeError} If a batch is no multiple, with the nearest size that would do.
 */
export function checkGhosts(ghost: number, batchSizes: readonly number[], count: number): void {
  for (const batchSize of batchSizes) {
    const odd = chunkSizes(count, batchSize).find((size) => size > ghost && size % ghost !== 0);
    if (odd === undefined) continue;
    const last = odd === batchSize ? "" : ", an epoch's last,";
    throw new RangeError(
      `Cannot normalise a batch of ${odd}${last} in ghosts of ${ghost}; ` +
        `want a divisor of it, such as ${divisorNear(odd, ghost)}`,
    );
  }
}

/** The divisor of a batch nearest to a number; the larger of two. */
function divisorNear(batchSize: number, wanted: number): number {
  for (let gap = 0;; gap++) {
    const found = [wanted + gap, wanted - gap].find((size) => size > 0 && batchSize % size === 0);
    if (found !== undefined) return found;
  }
}

/** How batches grow: the paper's dynamic sampling, by a schedule. */
export interface BatchGrowth {
  /** By what a batch grows each time; above 1. */
  readonly factor: number;
  /** After how many epochs each time. */
  readonly everyEpochs: number;
  /** Size at which it stops, in examples. */
  readonly most: number;
}

/**
 * |B| in an epoch: min(most, ⌊first · factor^⌊(epoch − 1)/everyEpochs⌋ + ½⌋), and at least `first`.
 *
 * Small batches first, which find flat minima, large ones later, which need fewer steps: what the
 * paper's warm-start experiment suggests. The growth is geometric, which keeps SGD's linear rate.
 *
 * Source: Keskar et al. 2017, §5; Friedlander and Schmidt 2012, "Hybrid deterministic-stochastic
 * methods for data fitting". Byrd et al. 2012 grow by a test of the gradient's variance instead.
 *
 * @example
 * ```ts
 * import { batchSizeAt } from "./batch_growth.ts";
 * import assert from "node:assert/strict";
 *
 * const growth = { factor: 2, everyEpochs: 3, most: 800 };
 * const sizes = [1, 3, 4, 7, 10].map((epoch) => batchSizeAt(256, epoch, growth));
 * assert.deepEqual(sizes, [256, 256, 512, 800, 800]);
 * ```
 *
 * @param epoch From 1.
 */
export function batchSizeAt(first: number, epoch: number, growth: BatchGrowth | undefined): number {
  if (!growth) return first;
  const { factor, everyEpochs, most } = growth;
  const grown = Math.round(first * factor ** Math.floor((epoch - 1) / everyEpochs));
  return Math.max(first, Math.min(most, grown));
}

/** The size of the batches of every epoch, each once. */
export function batchSizes(
  first: number,
  epochs: number,
  growth: BatchGrowth | undefined,
): Set<number> {
  return new Set(
    Array.from({ length: Math.max(1, epochs) }, (_, i) => batchSizeAt(first, i + 1, growth)),
  );
}

/**
 * Checks a growth.
 *
 * @param count Examples in the training set.
 * @throws {RangeError} If a number is out of range.
 */
export function checkBatchGrowth(
  { factor, everyEpochs, most }: BatchGrowth,
  first: number,
  count: number,
): void {
  const fault = !(factor > 1 && Number.isFinite(factor))
    ? `factor = ${factor}; want a number above 1`
    : !(Number.isInteger(everyEpochs) && everyEpochs > 0)
    ? `everyEpochs = ${everyEpochs}; want a positive integer`
    : !(Number.isInteger(most) && most >= first && most <= count)
    ? `most = ${most}; want an integer from ${first}, the first size, to ${count}, all examples`
    : undefined;
  if (fault) throw new RangeError(`Cannot let batches grow with ${fault}`);
}

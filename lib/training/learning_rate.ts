/** How α follows the size of the batch. */
export type LearningRateScaling = "none" | "sqrt" | "linear";

/**
 * α(B)/α(B₀): 1, √(B/B₀) or B/B₀.
 *
 * A step of SGD has the covariance α²/B · C with C that of the gradients of single examples: it is
 * kept by √(B/B₀). The path of small steps, Σ α g over an epoch, is kept by B/B₀. Both arguments are
 * about SGD; ADAM divides by the gradient's own size.
 *
 * Source: Hoffer, Hubara & Soudry 2017 (root); Goyal et al. 2017 (linear).
 *
 * @param batchSize B, examples a step.
 * @param baseBatch B₀, the batch that α was chosen for.
 *
 * @example
 * ```ts
 * import { batchScaling } from "./learning_rate.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal((0.1 * batchScaling("sqrt", 4096, 128)).toFixed(10), "0.5656854249");
 * assert.equal(batchScaling("linear", 4096, 128), 32);
 * ```
 *
 * @throws {RangeError} If a size is not positive.
 */
export function batchScaling(
  scaling: LearningRateScaling,
  batchSize: number,
  baseBatch: number,
): number {
  const ratio = batchRatio(batchSize, baseBatch);
  if (scaling === "none") return 1;
  return scaling === "sqrt" ? Math.sqrt(ratio) : ratio;
}

/** Passes over the training set, and what is counted in them. */
export interface Regime {
  readonly epochs: number;
  /** Epochs without improvement after which training ends. */
  readonly patience?: number | undefined;
  readonly dropEpochs: readonly number[];
  readonly warmupEpochs: number;
  /** Epochs in which x stays where it is. */
  readonly heldEpochs?: number | undefined;
}

/**
 * The regime of batches of B₀ stretched by B/B₀, so that batches of B make as many steps in it.
 *
 * Integers are rounded; where a batch does not divide the training set, the last one of each epoch
 * is smaller, and the numbers of steps agree but roughly.
 *
 * Source: Hoffer, Hubara & Soudry 2017, "regime adaptation".
 *
 * @throws {RangeError} If a size is not positive.
 */
export function adaptRegime(regime: Regime, batchSize: number, baseBatch: number): Regime {
  const ratio = batchRatio(batchSize, baseBatch);
  const stretched = (epochs: number) => epochs === 0 ? 0 : Math.max(1, Math.round(epochs * ratio));
  const { epochs, patience, dropEpochs, warmupEpochs, heldEpochs = 0 } = regime;
  return {
    epochs: stretched(epochs),
    ...(patience !== undefined && { patience: stretched(patience) }),
    dropEpochs: dropEpochs.map(stretched),
    warmupEpochs: warmupEpochs * ratio,
    ...(heldEpochs > 0 && { heldEpochs: stretched(heldEpochs) }),
  };
}

function batchRatio(batchSize: number, baseBatch: number): number {
  if (batchSize > 0 && baseBatch > 0 && Number.isFinite(batchSize / baseBatch)) {
    return batchSize / baseBatch;
  }
  throw new RangeError(
    `Cannot scale from batches of ${baseBatch} to ${batchSize}; want positive numbers of examples`,
  );
}

/** How α changes in the course of training; each part is optional. */
export interface LearningRateSchedule {
  /**
   * Epochs at the start in which α is 0, so that x stays and the optimiser's moments settle, default
   * 0. With fresh moments ADAM's first steps move every coordinate by about α, which takes a trained
   * point away from its minimum. What follows (warm-up, drops) is counted from the start all the same.
   */
  readonly heldEpochs?: number | undefined;
  /** α rises in proportion to the examples seen, up to its full size after so many epochs. */
  readonly warmupEpochs?: number | undefined;
  /** Epochs after which α is multiplied by `dropFactor`. */
  readonly dropEpochs?: readonly number[] | undefined;
  /**
   * Distances ‖x − x₀‖₂/‖x₀‖₂ after whose reaching α is multiplied by `dropFactor`, judged at the
   * end of each epoch.
   *
   * When α should drop is an open question, and Hoffer et al. suggest that what counts is how far
   * training has diffused. The rule is a distance rather than an end of growth as log t, for two
   * reasons. It is the same for all batches, so that runs of unlike batches drop at the same place
   * and not at the same time, which is the hypothesis. And an end of growth shows only once the
   * training loss is all but zero, where the gradients have vanished and a drop decides nothing. A
   * run that never gets so far never drops.
   */
  readonly dropDistances?: readonly number[] | undefined;
  /** In (0, 1), default 0.1. */
  readonly dropFactor?: number | undefined;
}

/**
 * By what α is multiplied while the batch is stepped on after which `epochs` will have been seen.
 *
 * @param epochs Passes over the training set, fractions included.
 * @param distances ‖x − x₀‖₂/‖x₀‖₂ at the start and after each whole epoch so far.
 */
export function rateFactor(
  schedule: LearningRateSchedule,
  epochs: number,
  distances: readonly number[],
): number {
  const { heldEpochs = 0, warmupEpochs = 0, dropFactor = 0.1 } = schedule;
  if (heldEpochs > 0 && epochs <= heldEpochs) return 0;
  const warmth = epochs < warmupEpochs ? epochs / warmupEpochs : 1;
  return warmth * dropFactor ** dropsWithin(schedule, distances);
}

/** How often α has dropped, see {@link rateFactor}. */
export function dropsWithin(
  { dropEpochs = [], dropDistances = [] }: LearningRateSchedule,
  distances: readonly number[],
): number {
  const epochs = distances.length - 1;
  const farthest = Math.max(...distances.filter(Number.isFinite));
  return dropEpochs.filter((epoch) => epoch <= epochs).length +
    dropDistances.filter((distance) => distance <= farthest).length;
}

/**
 * The steps that were made at the full rate, before it dropped for the first time.
 *
 * @param history Steps, and ‖x − x₀‖₂, at the start and after each epoch.
 * @param startNorm ‖x₀‖₂.
 * @returns Infinity if the rate never dropped.
 */
export function stepsBeforeDrop(
  schedule: LearningRateSchedule,
  history: readonly { readonly steps: number; readonly distanceFromStart: number }[],
  startNorm: number,
): number {
  const distances = history.map(({ distanceFromStart }) => distanceFromStart / startNorm);
  const at = history.findIndex((_, k) => dropsWithin(schedule, distances.slice(0, k + 1)) > 0);
  return at < 0 ? Infinity : history[at]!.steps;
}

/** Checks a schedule. @throws {RangeError} If a part of the schedule is out of range. */
export function checkSchedule(schedule: LearningRateSchedule): void {
  const { heldEpochs = 0, warmupEpochs = 0, dropEpochs = [], dropDistances = [] } = schedule;
  const { dropFactor = 0.1 } = schedule;
  const refuse = (what: string, value: number, want: string) => {
    throw new RangeError(`Cannot schedule the learning rate with ${what} = ${value}; want ${want}`);
  };
  // Whole epochs: the iterate that training returns is one after an epoch in which x has moved.
  if (!(Number.isInteger(heldEpochs) && heldEpochs >= 0)) {
    refuse("heldEpochs", heldEpochs, "a whole number, 0 or more");
  }
  if (!(warmupEpochs >= 0 && Number.isFinite(warmupEpochs))) {
    refuse("warmupEpochs", warmupEpochs, "0 or more");
  }
  if (!(dropFactor > 0 && dropFactor < 1)) {
    refuse("dropFactor", dropFactor, "a number between 0 and 1");
  }
  for (const epoch of dropEpochs) {
    if (!(Number.isInteger(epoch) && epoch > 0)) refuse("dropEpochs", epoch, "positive integers");
  }
  for (const distance of dropDistances) {
    if (!(distance > 0 && Number.isFinite(distance))) {
      refuse("dropDistances", distance, "positive multiples of ‖x₀‖");
    }
  }
}

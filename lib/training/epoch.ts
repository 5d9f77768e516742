/** One pass of training over its data. */
import { type Augmentation, augmentBatch, drawTransforms } from "../data/augmentation.ts";
import { epochOrder, gatherBatch } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Feed, NumericArray, Rows, Session } from "../engine/engine.ts";
import type { Conservative } from "./conservative.ts";
import type { Optimiser } from "./optimiser.ts";
import { stepKeyFeeds } from "./training_program.ts";

/** What is done with each batch. */
export interface EpochRecipe {
  readonly seed: number;
  readonly optimiser: Optimiser;
  readonly augmentation?: Augmentation | undefined;
  readonly conservative?: Conservative | undefined;
  /** α of the steps on a batch after which so many epochs will have been seen, fractions included. */
  learningRate(epochs: number): number;
}

/** Where an epoch begins. */
export interface EpochStart {
  /** From 1. */
  readonly epoch: number;
  readonly batchSize: number;
  /** Examples to pass over: an earlier attempt has stepped over them. */
  readonly seen: number;
  /** Steps of the optimiser so far. */
  readonly steps: number;
}

/**
 * One pass over the training set in a fresh order.
 *
 * @param onBatch Called after each batch with the examples seen in this epoch and all steps so far.
 * @returns Steps so far.
 */
export async function runEpoch(
  session: Session,
  dataset: Dataset,
  recipe: EpochRecipe,
  { epoch, batchSize, seen, steps }: EpochStart,
  onBatch: (seen: number, steps: number) => Promise<void>,
): Promise<number> {
  const order = epochOrder(dataset.count, recipe.seed, epoch);
  const examplesOf = preparation(dataset, recipe, epoch);
  let t = steps;
  for (let first = seen; first < order.length; first += batchSize) {
    const examples = order.subarray(first, first + batchSize);
    const rate = recipe.learningRate(epoch - 1 + (first + examples.length) / order.length);
    t = await stepOn(session, examples.length, examplesOf(examples), recipe, t, rate);
    await onBatch(first + examples.length, t);
  }
  return t;
}

/** What a step is fed of its batch, by the beginnings of the placeholders' names. */
interface BatchFeeds {
  readonly examples: Feed;
  readonly labels: Feed;
}

/** Finds the examples of a batch: rows of the data set, or, if they are to be augmented, new arrays. */
function preparation(
  dataset: Dataset,
  { augmentation, seed }: EpochRecipe,
  epoch: number,
): (examples: Uint32Array) => BatchFeeds {
  if (!augmentation) {
    const { features, labels, count } = dataset;
    return (examples) => {
      const indices = Int32Array.from(examples);
      const rows = (table: NumericArray): Rows => ({ table, width: table.length / count, indices });
      return { examples: rows(features), labels: rows(labels) };
    };
  }
  const shape = imageShape(dataset);
  const transformOf = drawTransforms(augmentation, shape, seed, epoch);
  return (examples) => {
    const batch = augmentBatch(gatherBatch(dataset, examples), shape, examples, transformOf);
    return { examples: batch.features, labels: batch.labels };
  };
}

/** The optimiser's steps on one batch: one, or several that are held back. @returns Steps so far. */
async function stepOn(
  session: Session,
  size: number,
  { examples, labels }: BatchFeeds,
  { seed, optimiser, conservative }: EpochRecipe,
  steps: number,
  rate: number,
): Promise<number> {
  if (conservative) await session.run("anchor", {});
  const iterations = conservative?.iterations ?? 1;
  for (let i = 1; i <= iterations; i++) {
    const t = steps + i;
    await session.run(`step ${size}`, {
      ...optimiser.feeds(conservative?.memory === "fresh" ? i : t, rate),
      ...stepKeyFeeds(seed, t),
      [`examples${size}`]: examples,
      [`labels${size}`]: labels,
    });
  }
  return steps + iterations;
}

/**
 * [height, width, channels] of a data set's examples.
 *
 * @throws {TypeError} If they are no images.
 */
export function imageShape({ name, featureShape }: Dataset): [number, number, number] {
  const [height, width, channels, ...rest] = featureShape;
  if (height && width && channels && rest.length === 0) return [height, width, channels];
  throw new TypeError(
    `Cannot augment ${name}: examples of shape [${featureShape}] are no images ` +
      "[height, width, channels]; leave out the augmentation",
  );
}

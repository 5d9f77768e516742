/** A data set made into another task: turned images, random labels. */
import { type Examples, isImages } from "./examples.ts";
import { randomLabels } from "./random_labels.ts";
import { type QuarterTurn, turnImages } from "./turn_images.ts";

/** What is changed of a data set. */
export interface ExampleChanges {
  /** Degrees by which all images are turned, clockwise. */
  readonly turn: QuarterTurn;
  /** Share of the training labels that are made random, from 0 to 1. */
  readonly randomShare: number;
}

/** What tables call the data: `mnist-10k, turned by 90°, 20 % random labels`. */
export function changedName(name: string, { turn, randomShare }: ExampleChanges): string {
  const share = randomShare === 1 ? "" : `${Number((100 * randomShare).toPrecision(6))} % `;
  return [
    name,
    ...(turn === 0 ? [] : [`turned by ${turn}°`]),
    ...(randomShare === 0 ? [] : [`${share}random labels`]),
  ].join(", ");
}

/**
 * Changes the examples of a part. Labels of the test set stay true, so that it tells what was learnt.
 *
 * @throws {RangeError} If examples that are no square images are turned, or a share is no share.
 */
export function changedExamples(
  examples: Examples,
  part: "train" | "test",
  { turn, randomShare }: ExampleChanges,
  seed: number,
): Examples {
  if (turn !== 0 && !isImages(examples)) {
    throw new RangeError(
      `Cannot turn examples by ${turn}°: they are frames of speech, no images; leave out the turn`,
    );
  }
  const turned = isImages(examples) ? turnImages(examples, turn) : examples;
  if (part === "test" || randomShare === 0) return turned;
  const options = { share: randomShare, seed };
  return isImages(turned)
    ? { ...turned, labels: randomLabels(turned.labels, options) }
    : { ...turned, labels: randomLabels(turned.labels, options) };
}

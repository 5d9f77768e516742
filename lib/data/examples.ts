/** Examples of either kind, as a data set is made of them. */
import { type Description, encodeFrames, encodeImages } from "./dataset_file.ts";
import { type LabelledFrames, selectFrames } from "./frames.ts";
import { type LabelledImages, selectImages } from "./images.ts";

/** What a source yields, before splitting. */
export type Examples = LabelledImages | LabelledFrames;

/** The examples with these indices, in their order. */
export function selectExamples(examples: Examples, indices: Uint32Array): Examples {
  return isImages(examples) ? selectImages(examples, indices) : selectFrames(examples, indices);
}

/** Writes examples as a data set file. */
export function encodeExamples(examples: Examples, description: Description): Uint8Array {
  return isImages(examples)
    ? encodeImages(examples, description)
    : encodeFrames(examples, description);
}

/** What the summary of a data set says of a part. */
export interface PartSummary {
  readonly count: number;
  readonly perClass: readonly number[];
  /** Mean feature of images: of pixel/255, in [0, 1]. */
  readonly pixelMean?: number;
}

/** Counts the classes, and averages the pixels of images. */
export function summariseExamples(examples: Examples): PartSummary {
  const perClass = new Array<number>(examples.classes).fill(0);
  for (const label of examples.labels) perClass[label]!++;
  const count = examples.labels.length;
  if (!isImages(examples)) return { count, perClass };
  const { pixels } = examples;
  const sum = pixels.reduce((total, pixel) => total + pixel, 0);
  return { count, perClass, pixelMean: sum / (255 * pixels.length) };
}

/** Whether examples are images, rather than windows of frames. */
export function isImages(examples: Examples): examples is LabelledImages {
  return "pixels" in examples;
}

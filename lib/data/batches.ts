import { stream } from "../random/stream.ts";
import type { Dataset } from "./dataset.ts";

/**
 * Order in which epoch `epoch` visits the examples: a function of (seed, epoch) alone, so that
 * training can resume at any epoch.
 *
 * @returns A permutation of 0 … count − 1, each equally likely.
 */
export function epochOrder(count: number, seed: number, epoch: number): Uint32Array {
  return stream(seed, "order of examples", epoch).permutation(count);
}

/** Examples as they are fed to a step. */
export interface Batch {
  /** Row-major, shape [size, ...featureShape]. */
  readonly features: Float32Array;
  readonly labels: Int32Array;
}

/** Copies the examples with these indices into one batch. */
export function gatherBatch(dataset: Dataset, indices: Uint32Array): Batch {
  const width = dataset.features.length / dataset.count;
  const features = new Float32Array(indices.length * width);
  const labels = new Int32Array(indices.length);
  indices.forEach((source, row) => {
    features.set(dataset.features.subarray(source * width, (source + 1) * width), row * width);
    labels[row] = dataset.labels[source]!;
  });
  return { features, labels };
}

/** Samples of a data set, on which a climb is cheap. */
import { consecutive } from "../engine/rows.ts";
import { lossOf, type Network } from "../networks/network.ts";
import { stream } from "../random/stream.ts";
import { type ChunkFeeds, chunkOfRows, chunkSizes, type Tables } from "./chunks.ts";

/** Examples of a sample, in chunks no larger than those of f. */
export interface SampleChunks {
  readonly chunks: readonly ChunkFeeds[];
  /** The same with wrong labels; absent where the network's loss has no labels. */
  readonly mislabelled?: readonly ChunkFeeds[];
}

/** How many samples there are. */
const SAMPLES = 8;
/** Together they hold half of the examples at the most. */
const LARGEST_SHARE = 1 / 16;
/** More examples lead a climb hardly better. */
const MOST_EXAMPLES = 1000;
/** Of fewer, batch statistics and losses say little of f. */
const FEWEST_EXAMPLES = 50;

/**
 * Shares of the samples of a data set, [] of one with few examples.
 *
 * @param evaluationBatch Examples per chunk of f; a sample of more than that has whole chunks.
 */
export function sampleShares(count: number, evaluationBatch: number): number[] {
  const most = Math.min(MOST_EXAMPLES, Math.floor(count * LARGEST_SHARE));
  if (most < FEWEST_EXAMPLES) return [];
  const size = most > evaluationBatch ? most - most % evaluationBatch : most;
  return Array<number>(SAMPLES).fill(size / count);
}

/**
 * Draws disjoint samples at random, the same ones for all data sets of so many examples. Examples that
 * weigh nothing are in none: a sample of them alone would have no mean loss.
 *
 * In sample k the wrong label of an example is the class k + 1 after its own, in a circle.
 */
export function sampleChunksOf(
  network: Network,
  tables: Tables,
  evaluationBatch: number,
): SampleChunks[] {
  const counting = countingExamples(network, tables);
  const shares = sampleShares(counting.length, evaluationBatch);
  if (shares.length === 0) return [];
  const order = stream(0, "samples of examples").permutation(counting.length);
  const drawn = Int32Array.from(order, (place) => counting[place]!);
  const size = Math.round(shares[0]! * counting.length);
  const samples = shares.map((_, k) => drawn.subarray(k * size, (k + 1) * size));
  const wrong = wrongLabels(network, tables.targets, samples);
  const chunksOf = (tables: Tables, indices: Int32Array) => {
    let first = 0;
    return chunkSizes(size, evaluationBatch).map((size) =>
      chunkOfRows(tables, indices.subarray(first, first += size))
    );
  };
  return samples.map((indices) => ({
    chunks: chunksOf(tables, indices),
    ...(wrong && { mislabelled: chunksOf({ ...tables, targets: wrong }, indices) }),
  }));
}

/** The examples of which some row weighs something; all where there are no weights. */
function countingExamples(
  { labelsPerExample = 1 }: Network,
  { count, weights }: Tables,
): Int32Array {
  const all = consecutive(0, count);
  if (!weights) return all;
  const weightsOf = (example: number) =>
    weights.subarray(example * labelsPerExample, (example + 1) * labelsPerExample);
  return all.filter((example) => weightsOf(example).some((weight) => weight > 0));
}

/** A wrong label for each right one of the samples; `undefined` where there are no labels. */
function wrongLabels(
  network: Network,
  targets: Int32Array | Float32Array,
  samples: readonly Int32Array[],
): Int32Array | undefined {
  const { classes, labelsPerExample = 1 } = network;
  if (lossOf(network).targets !== "labels" || classes < 2) return undefined;
  const wrong = Int32Array.from(targets);
  for (const [k, indices] of samples.entries()) {
    const shift = 1 + k % (classes - 1);
    for (const example of indices) {
      for (let row = example * labelsPerExample; row < (example + 1) * labelsPerExample; row++) {
        wrong[row] = (wrong[row]! + shift) % classes;
      }
    }
  }
  return wrong;
}

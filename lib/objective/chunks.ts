import type { Dataset } from "../data/dataset.ts";
import type { NumericArray } from "../engine/engine.ts";
import { sizeOf } from "../graph/shape.ts";
import type { DType } from "../graph/type.ts";

/** Some consecutive examples of a data set, as feeds for the functions of their size. */
export interface ChunkFeeds {
  readonly size: number;
  readonly labels: Int32Array;
  readonly feeds: Readonly<Record<string, NumericArray>>;
}

/** Sizes of the chunks into which `count` examples fall; the last one may be smaller. */
export function chunkSizes(count: number, evaluationBatch: number): number[] {
  const full = Math.floor(count / evaluationBatch);
  const rest = count % evaluationBatch;
  return [...new Array<number>(full).fill(evaluationBatch), ...(rest > 0 ? [rest] : [])];
}

/** Cuts a data set into chunks; real numbers and labels are views of the data set's own memory. */
export function chunksOf(
  dataset: Dataset,
  evaluationBatch: number,
  inputType?: DType,
): ChunkFeeds[] {
  const features = sizeOf(dataset.featureShape);
  const perExample = dataset.labels.length / dataset.count;
  let first = 0;
  return chunkSizes(dataset.count, evaluationBatch).map((size) => {
    const labels = dataset.labels.subarray(first * perExample, (first + size) * perExample);
    const entries = dataset.features.subarray(first * features, (first + size) * features);
    const examples = inputType === "int32" ? Int32Array.from(entries) : entries;
    first += size;
    return {
      size,
      labels,
      feeds: { [`examples${size}`]: examples, [`labels${size}`]: labels },
    };
  });
}

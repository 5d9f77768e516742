import type { Dataset } from "../data/dataset.ts";
import type { Feed, NumericArray, Rows } from "../engine/engine.ts";
import { consecutive, gatheredRows } from "../engine/rows.ts";
import { lossOf, type Network } from "../networks/network.ts";
import { targetsOf } from "./targets.ts";

/** Some consecutive examples of a data set, as feeds for the functions of their size. */
export interface ChunkFeeds {
  readonly size: number;
  /** As the network's loss wants them: labels, or values. */
  readonly targets: Int32Array | Float32Array;
  /** Of each row of outputs, 1 on average over the data set; absent where all count alike. */
  readonly weights?: Float64Array;
  readonly feeds: Readonly<Record<string, Feed>>;
}

/** Sizes of the chunks into which `count` examples fall; the last one may be smaller. */
export function chunkSizes(count: number, evaluationBatch: number): number[] {
  const full = Math.floor(count / evaluationBatch);
  const rest = count % evaluationBatch;
  return [...new Array<number>(full).fill(evaluationBatch), ...(rest > 0 ? [rest] : [])];
}

/**
 * Cuts a data set into chunks: rows of the data set's own memory, so that an engine may hold all of
 * it. Only numbers that the network reads as int32 are copied.
 *
 * @throws {TypeError | RangeError} If the targets are not those that the network's loss wants.
 */
export function chunksOf(
  network: Network,
  dataset: Dataset,
  evaluationBatch: number,
): ChunkFeeds[] {
  return chunksOfTables(tablesOf(network, dataset), evaluationBatch);
}

/** As {@link chunksOf}. */
export function chunksOfTables(tables: Tables, evaluationBatch: number): ChunkFeeds[] {
  let first = 0;
  return chunkSizes(tables.count, evaluationBatch).map((size) => {
    const indices = consecutive(first, size);
    first += size;
    return chunkOfRows(tables, indices);
  });
}

/** All that a data set feeds a network, a row for each example. */
export interface Tables {
  readonly count: number;
  readonly examples: NumericArray;
  readonly targets: Int32Array | Float32Array;
  readonly kind: "labels" | "targets";
  readonly weights?: Float64Array;
}

/** @throws {TypeError | RangeError} If the targets are not those that the network's loss wants. */
export function tablesOf(network: Network, dataset: Dataset): Tables {
  const { features, count } = dataset;
  const weights = rowWeights(network, dataset);
  return {
    count,
    examples: network.inputType === "int32" ? Int32Array.from(features) : features,
    targets: targetsOf(network, dataset).entries,
    kind: lossOf(network).targets === "labels" ? "labels" : "targets",
    ...(weights && { weights }),
  };
}

/** The examples with these indices as a chunk. */
export function chunkOfRows(tables: Tables, indices: Int32Array): ChunkFeeds {
  const { count, examples, targets, kind, weights } = tables;
  const size = indices.length;
  const rows = (table: NumericArray): Rows => ({ table, width: table.length / count, indices });
  const own = <Entries extends NumericArray>(all: Entries) => gatheredRows(rows(all)) as Entries;
  return {
    size,
    targets: own(targets),
    ...(weights && { weights: own(weights) }),
    feeds: {
      [`examples${size}`]: rows(examples),
      [`${kind}${size}`]: rows(targets),
      ...(weights && { [`weights${size}`]: rows(weights) }),
    },
  };
}

/** w_i / w̄ for each row of outputs: any scale of the weights is within float32. */
function rowWeights(
  { labelsPerExample = 1 }: Network,
  { weights, count }: Dataset,
): Float64Array | undefined {
  if (!weights) return undefined;
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const sum = weights.reduce((total, weight) => total + weight / largest, 0);
  const mean = sum / weights.length;
  const rows = count * labelsPerExample;
  const perWeight = rows / weights.length;
  return Float64Array.from(
    { length: rows },
    (_, row) => weights[Math.floor(row / perWeight)]! / largest / mean,
  );
}

/** Whether a model gives an example the same output alone and among others. */
import type { Dataset } from "../data/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Network } from "../networks/network.ts";
import { firstOutputs } from "./exporter_output.ts";

/** Examples beside those by themselves. */
const MORE = 2;

/** Float32 rounds by 6e-8, and sums of other orders differ a thousandfold of that. */
const APART = 1e-4;

/**
 * Computes some examples together, and as many as the file says by themselves: shapes that the
 * exporter has written down may have mixed them up when they were freed, and a norm may take the
 * moments of whatever stands together.
 *
 * @param fresh The network, for one program.
 * @param alone Number of examples by themselves: the file's own, where it has one.
 */
export async function examplesStayApart(
  fresh: () => Network,
  x: Float64Array,
  dataset: Dataset,
  engine: Engine,
  alone: number,
): Promise<boolean> {
  const isShort = alone > 1 && dataset.count < alone + MORE;
  const together = isShort ? alone + MORE : Math.min(alone + MORE, dataset.count);
  if (together <= alone) return true;
  const some = isShort ? repeated(dataset, together) : dataset;
  const found = await firstOutputs(fresh(), x, some, engine, together);
  const width = found.length / together;
  const scale = found.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  const size = sizeOf(dataset.featureShape);
  for (const first of [0, together - alone]) {
    const features = some.features.subarray(first * size, (first + alone) * size);
    const few = { ...some, features, count: alone };
    const own = await firstOutputs(fresh(), x, few, engine, alone);
    const rows = found.subarray(first * width, (first + alone) * width);
    if (own.some((entry, i) => Math.abs(entry - rows[i]!) > APART * scale)) return false;
  }
  return true;
}

/** The examples over and over, to so many. */
function repeated(dataset: Dataset, count: number): Dataset {
  const { features } = dataset;
  const length = features.length / dataset.count * count;
  const more = Float32Array.from({ length }, (_, i) => features[i % features.length]!);
  return { ...dataset, features: more, count };
}

/** Whether examples stay apart in a model whose number of them Basin has freed. */
import type { Dataset } from "../data/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Network } from "../networks/network.ts";
import { firstOutputs } from "./exporter_output.ts";

/** Examples beside the number in the file. */
const MORE = 2;

/** Float32 rounds by 6e-8, and sums of other orders differ a hundredfold of that. */
const APART = 1e-4;

/**
 * Computes some examples together, and as many as the file says by themselves: shapes that the
 * exporter has written down may have mixed them up when they were freed.
 *
 * @param fresh The network, for one program.
 * @param declared Number of examples in the file.
 * @throws {RangeError} If the outputs differ.
 */
export async function checkFreedBatch(
  fresh: () => Network,
  x: Float64Array,
  dataset: Dataset,
  engine: Engine,
  declared: number,
): Promise<void> {
  const together = Math.min(declared + MORE, dataset.count);
  if (together <= declared) return;
  const net = fresh();
  const found = await firstOutputs(net, x, dataset, engine, together);
  const width = found.length / together;
  const scale = found.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  const size = sizeOf(dataset.featureShape);
  for (const first of [0, together - declared]) {
    const features = dataset.features.subarray(first * size, (first + declared) * size);
    const alone = { ...dataset, features, count: declared };
    const own = await firstOutputs(fresh(), x, alone, engine, declared);
    const rows = found.subarray(first * width, (first + declared) * width);
    if (own.every((entry, i) => !(Math.abs(entry - rows[i]!) > APART * scale))) continue;
    throw new RangeError(
      `Cannot measure ${net.name}: the file has the number of examples fixed at ${declared}, and ` +
        "with more of them its shapes mix them up; export it with an open axis of examples " +
        "(dynamic_axes, dynamic_shapes)",
    );
  }
}

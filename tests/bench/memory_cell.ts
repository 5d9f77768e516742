/**
 * A φ cell in a process of its own, as a worker runs it: memory_cell.ts NETWORK EXAMPLES PROTOCOL; prints
 * JSON.
 * Under `--v8-flags=--expose-gc` garbage is collected before each evaluation.
 */
import { syntheticImages } from "../../lib/data/synthetic.ts";
import type { Dataset } from "../../lib/data/dataset.ts";
import { selectEngine } from "../../lib/engine/select.ts";
import { sizeOf } from "../../lib/graph/shape.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { network, type NetworkName } from "../../lib/networks/zoo.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import type { Objective } from "../../lib/optim/objective.ts";
import type { SampledObjective } from "../../lib/optim/sample.ts";
import { sharpness } from "../../lib/sharpness/metric.ts";
import type { ProtocolName } from "../../lib/sharpness/protocol.ts";
import { highWaterMark } from "./high_water_mark.ts";

/** Bytes at the most so far, at three points of the cell. */
export interface CellMemory {
  readonly dimension: number;
  /** With the engine, the data and x. */
  readonly process: number;
  /** After one evaluation of f and ∇f. */
  readonly evaluation: number;
  /** At the end. */
  readonly cell: number;
  readonly iterations: number;
  readonly evaluations: number;
}

const [name, examples, protocol] = Deno.args as [NetworkName, string, ProtocolName];
const count = Number(examples);
const net = network(name);
const x = initialPoint(net, 1);
const [height, width, channels] = net.inputShape.length === 3 ? net.inputShape : [28, 28, 1];
const images = syntheticImages([height!, width!, channels!], net.classes, {
  seed: 1,
  part: "train",
  count,
});
const data: Dataset = {
  name: "synthetic",
  features: Float32Array.from(images.pixels, (pixel) => pixel / 255),
  labels: Int32Array.from(images.labels),
  count,
  featureShape: sizeOf(net.inputShape) === 784 ? [28, 28, 1] : [height!, width!, channels!],
  classes: net.classes,
};
const engine = await selectEngine();
const process = highWaterMark();
await using objective = await objectiveOf(net, data, { engine, evaluationBatch: count });
const { gc } = globalThis as { readonly gc?: () => void };
const collecting = (of: Objective): Objective => ({
  dimension: x.length,
  evaluate(y) {
    gc?.();
    return of.evaluate(y);
  },
});
const collected: SampledObjective = {
  ...collecting(objective),
  samples: objective.samples.map(({ share, loss, mislabelled, ...sample }) => ({
    share,
    ...collecting(sample),
    ...(loss && {
      loss(y: Float64Array) {
        gc?.();
        return loss(y);
      },
    }),
    ...(mislabelled && { mislabelled: collecting(mislabelled) }),
  })),
};
await collected.evaluate(x);
const evaluation = highWaterMark();
const { iterations, evaluations } = await sharpness(collected, x, { epsilon: 1e-3, protocol });
const cell = highWaterMark();
const found: CellMemory = {
  dimension: x.length,
  process,
  evaluation,
  cell,
  iterations,
  evaluations,
};
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(found)));

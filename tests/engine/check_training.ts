import assert from "node:assert/strict";
import type { Engine } from "../../lib/engine/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { activation } from "../../lib/networks/layers/activation.ts";
import { conv } from "../../lib/networks/layers/conv.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { dropout } from "../../lib/networks/layers/dropout.ts";
import { norm } from "../../lib/networks/layers/norm.ts";
import { pool } from "../../lib/networks/layers/pool.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { stack } from "../../lib/networks/network.ts";
import { train } from "../../lib/training/train.ts";
import { assertClose } from "../support/assert_close.ts";
import { toyDataset } from "../support/toy_problem.ts";

/** Everything that C1 has, on the toy's five features as a 5×1 image; tanh has no kinks. */
const net = stack("small C1", [5, 1, 1], [
  conv(3, 3),
  norm(),
  activation("tanh"),
  pool(3, { stride: 2 }),
  dense(4),
  dropout(0.5),
  dense(3),
]);

/** Asserts that eight steps of ADAM lead where they lead on the reference engine. */
export async function checkTraining(engine: Engine): Promise<void> {
  const [got, want] = [await trained(engine), await trained(referenceEngine())];
  // Steps of 1e-3 from gradients good to 1e-6; ADAM divides by their size.
  assertClose(got, want, { relative: 0, absolute: 2e-5 });
}

async function trained(engine: Engine): Promise<Float64Array> {
  const set = { ...toyDataset(32), featureShape: [5, 1, 1] };
  const { x, history } = await train(net, { train: set, test: set }, initialPoint(net, 1), {
    engine,
    batchSize: 8,
    stop: { kind: "epochs", epochs: 2 },
    seed: 1,
    iterate: "last",
  });
  assert.equal(history.at(-1)!.steps, 8);
  return x;
}

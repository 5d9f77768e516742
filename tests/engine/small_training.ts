/** Networks and data for tests that take many steps of training. */
import type { Dataset } from "../../lib/data/dataset.ts";
import { portableEngine } from "../../lib/engine/portable/engine.ts";
import { locateNative } from "../../lib/engine/setup/location.ts";
import { tensorflowEngine } from "../../lib/engine/tensorflow/engine.ts";
import { xlaEngine } from "../../lib/engine/xla/engine.ts";
import { xlaPlugin } from "./xla/plugin.ts";
import type { Engine } from "../../lib/engine/engine.ts";
import { sizeOf } from "../../lib/graph/shape.ts";
import { activation } from "../../lib/networks/layers/activation.ts";
import { conv } from "../../lib/networks/layers/conv.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { dropout } from "../../lib/networks/layers/dropout.ts";
import { norm } from "../../lib/networks/layers/norm.ts";
import { pool } from "../../lib/networks/layers/pool.ts";
import { type Network, stack } from "../../lib/networks/network.ts";
import { stream } from "../../lib/random/stream.ts";

/** Engines that train in a process of their own, by the names that it is told. */
export const TRAINING_ENGINES: Readonly<Record<string, () => Engine | Promise<Engine>>> = {
  tensorflow: () => tensorflowEngine(locateNative()!),
  portable: () => portableEngine(),
  xla: () => xlaEngine(xlaPlugin!),
};

const HIDDEN = [norm(), activation("relu")];

/** Small networks by name: F1, wide enough that its products are split and vectorised, and C1. */
export const SMALL_NETWORKS: Readonly<Record<string, Network>> = {
  F1: stack("small F1", [64], [dense(96), ...HIDDEN, dense(96), ...HIDDEN, dense(10)]),
  C1: stack("small C1", [8, 8, 2], [
    conv(8, 5),
    ...HIDDEN,
    pool(3, { stride: 2 }),
    conv(8, 3),
    ...HIDDEN,
    pool(3, { stride: 2 }),
    dense(16),
    ...HIDDEN,
    dropout(0.5),
    dense(4),
  ]),
};

/** Seeded examples of N(0, 1), with labels in turn: something to train on, and nothing to learn. */
export function drawnExamples({ inputShape, classes }: Network, count: number): Dataset {
  const entries = new Float64Array(count * sizeOf(inputShape));
  stream(5, "drawn examples").fillNormal(entries, 0);
  return {
    name: "drawn examples",
    count,
    classes,
    featureShape: inputShape,
    features: Float32Array.from(entries),
    labels: Int32Array.from({ length: count }, (_, i) => i % classes),
  };
}

import assert from "node:assert/strict";
import { portableEngine } from "../../lib/engine/portable/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { adagrad } from "../../lib/training/adagrad.ts";
import { adam } from "../../lib/training/adam.ts";
import { conservative } from "../../lib/training/conservative.ts";
import { sgd } from "../../lib/training/sgd.ts";
import { train, type TrainingOptions } from "../../lib/training/train.ts";
import {
  packState,
  type TrainingCheckpoint,
  unpackState,
} from "../../lib/training/training_state.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const net = toyNetwork();
const data = { train: toyDataset(50, 1), test: toyDataset(20, 2) };
const start = initialPoint(net, 1);

/** A checkpoint that is due after every step, and ends the run after the k-th one. */
function memory() {
  let kept: ReturnType<TrainingCheckpoint["load"]>;
  let left = Infinity;
  const checkpoint: TrainingCheckpoint = {
    load: () => kept,
    isDue: () => true,
    save(arrays) {
      kept = structuredClone(arrays);
      if (--left === 0) throw new Error("killed");
    },
  };
  return { checkpoint, endAfter: (saves: number) => left = saves };
}

const SETUPS: Record<string, Partial<TrainingOptions>> = {
  "ADAM, the iterate of least loss": { optimiser: adam(), iterate: "least" },
  "SGD with momentum and running moments": {
    optimiser: sgd({ learningRate: 0.1, momentum: 0.9 }),
    batchNorm: "running",
    iterate: "last",
  },
  "growing batches, conservatively": {
    batchGrowth: { factor: 2, everyEpochs: 1, most: 50 },
    conservative: conservative({ lambda: 0.5, iterations: 2 }),
  },
  "rates that warm up and drop by epoch and by distance": {
    optimiser: sgd({ learningRate: 0.5 }),
    schedule: { warmupEpochs: 0.5, dropEpochs: [2], dropDistances: [0.05], dropFactor: 0.5 },
  },
  "ADAGRAD with recomputed moments": { optimiser: adagrad(), batchNorm: "recomputed" },
};
for (const [name, setup] of Object.entries(SETUPS)) {
  Deno.test(`train() goes on from a checkpoint after any step to the same bits: ${name}`, async () => {
    const options = {
      engine: referenceEngine(),
      batchSize: 16, // four steps an epoch, the last one smaller
      stop: { kind: "epochs", epochs: 3 },
      seed: 1,
      ...setup,
    } as const;
    const whole = await train(net, data, start, options);
    const batches = setup.batchGrowth ? 4 + 2 + 1 : 3 * 4;
    assert.equal(whole.history.at(-1)!.steps, batches * (setup.conservative?.iterations ?? 1));
    for (let step = 1; step <= batches; step++) {
      const { checkpoint, endAfter } = memory();
      endAfter(step);
      await assert.rejects(train(net, data, start, { ...options, checkpoint }), /killed/);
      assert.deepEqual(await train(net, data, start, { ...options, checkpoint }), whole, `${step}`);
    }
  });
}

Deno.test("train() ended after every single step comes to the same bits, in float32 too", async () => {
  const options = {
    engine: await portableEngine({ backend: "cpu" }),
    batchSize: 25,
    stop: { kind: "epochs", epochs: 2 },
    seed: 1,
  } as const;
  const whole = await train(net, data, start, options);
  const { checkpoint, endAfter } = memory();
  for (let step = 1; step <= 4; step++) {
    endAfter(1);
    await assert.rejects(train(net, data, start, { ...options, checkpoint }), /killed/);
  }
  endAfter(Infinity);
  assert.deepEqual(await train(net, data, start, { ...options, checkpoint }), whole);
});

Deno.test("unpackState() gives back what packState() was given, NaN and −0 included", () => {
  const record = {
    ...{ epoch: 0, steps: 0, trainLoss: NaN, trainAccuracy: -0, testLoss: Infinity },
    ...{ testAccuracy: 0.1, distanceFromStart: 1 / 3 },
  };
  const state = {
    ...{ epoch: 1, seen: 32, steps: 2, history: [record] },
    diffusion: [{ step: 1, distance: 1 / 3 }, { step: 2, distance: NaN }],
    chosen: {
      x: Float64Array.of(1 / 3, -0, NaN), // no float32 holds ⅓
      record,
      moments: { norm: { mean: Float64Array.of(0.1), variance: Float64Array.of(0.2) } },
    },
    variables: { w: Float32Array.of(1, -0), seed: Int32Array.of(7) },
  };
  assert.deepEqual(unpackState(packState(state)), state);
});

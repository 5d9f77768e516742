/** What training does to its batches: growth and augmentation. */
import assert from "node:assert/strict";
import type { Dataset } from "../../lib/data/dataset.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { activation } from "../../lib/networks/layers/activation.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { stack } from "../../lib/networks/network.ts";
import { stream } from "../../lib/random/stream.ts";
import { batchSizeAt, batchSizes } from "../../lib/training/batch_growth.ts";
import { train, type TrainingOptions } from "../../lib/training/train.ts";
import { toyDataset } from "../support/toy_problem.ts";

const net = stack("small", [5, 5, 1], [dense(4), activation("tanh"), dense(3)]);
const start = initialPoint(net, 1);

/** Noise, the same on both sides of the middle if it is to be. */
function images(count: number, seed: number, symmetric: boolean): Dataset {
  const features = new Float32Array(count * 25);
  stream(seed, "toy images").fillUniform(features, 0);
  if (symmetric) {
    for (let row = 0; row < 5 * count; row++) {
      features[5 * row + 3] = features[5 * row + 1]!;
      features[5 * row + 4] = features[5 * row]!;
    }
  }
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  return { name: "images", features, labels, count, featureShape: [5, 5, 1], classes: 3 };
}

function run(symmetric: boolean, more: Partial<TrainingOptions>) {
  const data = { train: images(50, 1, symmetric), test: images(20, 2, symmetric) };
  return train(net, data, start, {
    engine: referenceEngine(),
    batchSize: 16,
    stop: { kind: "epochs", epochs: 3 },
    seed: 1,
    iterate: "last",
    ...more,
  });
}

const NONE = { flip: false, rotationDegrees: 0, shift: 0 };

Deno.test("train() augments steps: no motion changes nothing, flips what is not symmetric", async () => {
  for (const symmetric of [true, false]) {
    const plain = await run(symmetric, {});
    assert.deepEqual(await run(symmetric, { augmentation: NONE }), plain);
    const flipped = await run(symmetric, { augmentation: { ...NONE, flip: true } });
    assert.equal(flipped.x.every((xi, i) => xi === plain.x[i]), symmetric);
    // f is of the images as they are: the start has not taken a step.
    assert.equal(flipped.history[0]!.trainLoss, plain.history[0]!.trainLoss);
  }
});

Deno.test("train() draws other motions at every epoch, and the same for the same seed", async () => {
  const augmentation = { flip: true, rotationDegrees: 10, shift: 0.2 };
  const [once, again] = [await run(false, { augmentation }), await run(false, { augmentation })];
  assert.deepEqual(once, again);
  const full = { augmentation: { ...NONE, flip: true }, batchSize: 50 };
  const [one] = [await run(false, { ...full, stop: { kind: "epochs", epochs: 1 } })];
  const two = await run(false, { ...full, stop: { kind: "epochs", epochs: 2 } });
  assert.equal(two.history[1]!.trainLoss, one!.history[1]!.trainLoss);
});

Deno.test("train() refuses to augment what is no image", async () => {
  const data = { train: toyDataset(50, 1), test: toyDataset(20, 2) };
  const flat = stack("flat", [5], [dense(3)]);
  await assert.rejects(
    train(flat, data, initialPoint(flat, 1), {
      engine: referenceEngine(),
      batchSize: 16,
      stop: { kind: "epochs", epochs: 1 },
      seed: 1,
      augmentation: { ...NONE, flip: true },
    }),
    /TypeError: Cannot augment toy: examples of shape \[5\] are no images/,
  );
});

Deno.test("train() lets batches grow, with fewer steps in later epochs", async () => {
  const batchGrowth = { factor: 2, everyEpochs: 1, most: 50 };
  const { history } = await run(false, { batchGrowth });
  // ⌈50/16⌉, ⌈50/32⌉, ⌈50/50⌉
  assert.deepEqual(history.map(({ steps }) => steps), [0, 4, 6, 7]);
});

Deno.test("batchSizes() has every size that an epoch has", () => {
  const growth = { factor: 1.5, everyEpochs: 2, most: 700 };
  const wanted = Array.from({ length: 20 }, (_, i) => batchSizeAt(100, i + 1, growth));
  assert.deepEqual(batchSizes(100, 20, growth), new Set(wanted));
  assert.deepEqual(batchSizes(100, 20, undefined), new Set([100]));
});

Deno.test("train() refuses a growth that is none", async () => {
  const faults: [object, RegExp][] = [
    [{ factor: 1 }, /factor = 1; want a number above 1/],
    [{ everyEpochs: 0 }, /everyEpochs = 0; want a positive integer/],
    [{ most: 10 }, /most = 10; want an integer from 16, the first size, to 50, all examples/],
    [{ most: 51 }, /most = 51/],
  ];
  for (const [fault, message] of faults) {
    const batchGrowth = { factor: 2, everyEpochs: 1, most: 50, ...fault };
    await assert.rejects(run(false, { batchGrowth }), message);
  }
});

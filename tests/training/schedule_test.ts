/** Learning-rate schedules and noted distances in the loop of training. */
import assert from "node:assert/strict";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { adam } from "../../lib/training/adam.ts";
import { conservative } from "../../lib/training/conservative.ts";
import { stepsBeforeDrop } from "../../lib/training/learning_rate.ts";
import type { Optimiser } from "../../lib/training/optimiser.ts";
import { sgd } from "../../lib/training/sgd.ts";
import { train, type TrainingOptions } from "../../lib/training/train.ts";
import { assertClose } from "../support/assert_close.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const net = toyNetwork();
const data = { train: toyDataset(50, 1), test: toyDataset(20, 2) };
const start = initialPoint(net, 1);
const startNorm = Math.hypot(...start);

/** Trains at α = 0.5, and notes the rates that its steps were fed. */
async function run(options: Partial<TrainingOptions> = {}) {
  const plain = sgd({ learningRate: 0.5 });
  const rates: number[] = [];
  const watched: Optimiser = {
    ...plain,
    feeds(t, rate) {
      rates.push(rate!);
      return plain.feeds(t, rate);
    },
  };
  const result = await train(net, data, start, {
    engine: referenceEngine(),
    optimiser: watched,
    batchSize: 16, // four steps an epoch, of 16, 16, 16 and 2 examples
    stop: { kind: "epochs", epochs: 4 },
    seed: 1,
    ...options,
  });
  return { ...result, rates };
}

Deno.test("train() feeds the rate that the schedule gives, each step its own", async () => {
  const { rates } = await run({
    schedule: { warmupEpochs: 0.5, dropEpochs: [1, 3], dropFactor: 0.5 },
  });
  // 16 of 50 examples are 0.64 of the warm-up, 32 are all of it.
  assertClose(rates.slice(0, 4), [0.32, 0.5, 0.5, 0.5], { relative: 1e-12 });
  assert.deepEqual(rates.slice(4, 12), new Array<number>(8).fill(0.25));
  assert.deepEqual(rates.slice(12), new Array<number>(4).fill(0.125));
});

Deno.test("train() drops the rate in the epoch after a distance was reached", async () => {
  const { history } = await run();
  const target = history[2]!.distanceFromStart / startNorm;
  assert.ok(history[1]!.distanceFromStart < history[2]!.distanceFromStart);
  const schedule = { dropDistances: [target], dropFactor: 0.5 };
  const dropped = await run({ schedule });
  assert.deepEqual(dropped.rates, [
    ...new Array<number>(8).fill(0.5),
    ...new Array<number>(8).fill(0.25),
  ]);
  assert.equal(stepsBeforeDrop(schedule, dropped.history, startNorm), 8);
  assert.equal(stepsBeforeDrop({}, history, startNorm), Infinity);
});

Deno.test("train() steps by the rate that it feeds: half of 2α is α", async () => {
  const once = { batchSize: 50, stop: { kind: "epochs", epochs: 1 } } as const;
  const halved = await run({
    ...once,
    optimiser: sgd({ learningRate: 2 }),
    schedule: { warmupEpochs: 2 },
  });
  const plain = await run({ ...once, optimiser: sgd({ learningRate: 1 }) });
  assert.deepEqual(halved.x, plain.x);
  assert.notDeepEqual(halved.x, start);
});

Deno.test("train() stays at x₀ in held epochs while ADAM's moments settle", async () => {
  const epochs = (count: number) => ({ kind: "epochs", epochs: count }) as const;
  const held = { batchSize: 10, optimiser: adam(), schedule: { heldEpochs: 2 } };
  const { x, history, record } = await run({ ...held, stop: epochs(3) });
  assert.deepEqual(history.slice(0, 3).map(({ distanceFromStart }) => distanceFromStart), [
    0,
    0,
    0,
  ]);
  assert.notDeepEqual(x, start);
  assert.equal(record.epoch, 3, "an epoch in which x stood still is no result");
  // Fresh moments make every step of every coordinate about α; settled ones know the noise.
  const fresh = await run({ ...held, schedule: {}, stop: epochs(1) });
  assert.ok(record.distanceFromStart < fresh.record.distanceFromStart);
});

Deno.test("train() returns no iterate of held epochs, however much lower its loss", async () => {
  // A step so long that the loss rises: the start would be the least of all.
  const { history, record } = await run({
    batchSize: 50,
    optimiser: sgd({ learningRate: 1e3 }),
    schedule: { heldEpochs: 2 },
    stop: { kind: "epochs", epochs: 3 },
  });
  assert.ok(history[3]!.trainLoss > history[2]!.trainLoss);
  assert.equal(record.epoch, 3);
});

Deno.test("train() notes ‖x − x₀‖ at steps 1, 2, 4, 8, 16", async () => {
  const { diffusion, history } = await run();
  assert.deepEqual(diffusion.map(({ step }) => step), [1, 2, 4, 8, 16]);
  for (const { step, distance } of diffusion.slice(2)) { // epochs end at steps 4, 8, 16
    assert.equal(distance, history.find(({ steps }) => steps === step)!.distanceFromStart);
  }
  assert.ok(diffusion[0]!.distance > 0);
});

Deno.test("train() notes distances between batches only, the first after each power of two", async () => {
  const held = conservative({ lambda: 0.5, iterations: 3 });
  const { diffusion } = await run({ conservative: held, stop: { kind: "epochs", epochs: 2 } });
  assert.deepEqual(diffusion.map(({ step }) => step), [3, 6, 9, 18]);
});

Deno.test("train() refuses a schedule out of range before anything is computed", async () => {
  await assert.rejects(run({ schedule: { dropFactor: 2 } }), /dropFactor = 2; want a number betw/);
});

import assert from "node:assert/strict";
import type { Engine } from "../../lib/engine/engine.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { adam } from "../../lib/training/adam.ts";
import { sgd } from "../../lib/training/sgd.ts";
import { train, type TrainingOptions } from "../../lib/training/train.ts";
import { assertClose } from "../support/assert_close.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const engine = referenceEngine();
const net = toyNetwork();
const data = { train: toyDataset(50, 1), test: toyDataset(20, 2) };
const start = initialPoint(net, 1);

function run(options: Partial<TrainingOptions> = {}) {
  const stop = { kind: "epochs", epochs: 3 } as const;
  return train(net, data, start, {
    engine,
    batchSize: 16,
    stop,
    seed: 1,
    iterate: "last",
    ...options,
  });
}

Deno.test("train() changes nothing in zero epochs", async () => {
  const { x, history } = await run({ stop: { kind: "epochs", epochs: 0 } });
  assert.deepEqual(x, start);
  assert.equal(history.length, 1);
  assert.equal(history[0]!.distanceFromStart, 0);
});

Deno.test("train() takes a step for each batch, the smaller last one included", async () => {
  const { history } = await run();
  assert.deepEqual(history.map(({ steps }) => steps), [0, 4, 8, 12]); // ⌈50/16⌉ = 4 an epoch
});

Deno.test("train() tells after each batch how far the epoch has come", async () => {
  const seen: [number, number][] = [];
  await run({
    stop: { kind: "epochs", epochs: 2 },
    onBatch: (epoch, examples) => void seen.push([epoch, examples]),
  });
  assert.deepEqual(seen, [1, 2].flatMap((epoch) => [16, 32, 48, 50].map((each) => [epoch, each])));
});

Deno.test("train() with full batches is plain ADAM on f, step by step", async () => {
  const epochs = 4;
  const { x } = await run({ batchSize: 50, stop: { kind: "epochs", epochs } });
  await using f = await objectiveOf(net, data.train, { engine, evaluationBatch: 50 });
  const [learningRate, beta1, beta2, epsilon] = [1e-3, 0.9, 0.999, 1e-8];
  const y = start.slice();
  const m = new Float64Array(y.length);
  const v = new Float64Array(y.length);
  for (let t = 1; t <= epochs; t++) {
    const { gradient } = await f.evaluate(y);
    const rate = learningRate * Math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t);
    for (let i = 0; i < y.length; i++) {
      const g = gradient[i]!;
      m[i] = beta1 * m[i]! + (1 - beta1) * g;
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
      y[i]! -= rate * m[i]! / (Math.sqrt(v[i]!) + epsilon);
    }
  }
  // A full batch is shuffled, which reorders sums, and β powers and rates are fed as float32.
  assertClose(x, y, { absolute: 1e-5 });
});

Deno.test("train() learns: the loss falls and the accuracy rises above chance", async () => {
  const optimiser = adam({ learningRate: 0.02 });
  const { history } = await run({ stop: { kind: "epochs", epochs: 30 }, optimiser });
  assert.ok(history.at(-1)!.trainLoss < 0.5 * history[0]!.trainLoss);
  assert.ok(history.at(-1)!.testAccuracy > 0.6);
});

Deno.test("train() gives the same bits for the same seed, and others for another", async () => {
  const [first, again, other] = [await run(), await run(), await run({ seed: 2 })];
  assert.deepEqual(again.x, first.x);
  assert.notDeepEqual(other.x, first.x);
});

Deno.test("train() hands out iterates that it does not change later", async () => {
  const iterates: Float64Array[] = [];
  const { x } = await run({ onEpoch: (_, iterate) => void iterates.push(iterate) });
  assert.equal(iterates.length, 4);
  assert.deepEqual(iterates[0], start);
  assert.deepEqual(iterates[3], x);
});

Deno.test("train() returns the iterate of the least training loss, unless told otherwise", async () => {
  const iterates: Float64Array[] = [];
  const { x, record, history } = await run({
    optimiser: adam({ learningRate: 0.3 }), // too large: the loss goes up and down
    iterate: "least",
    stop: { kind: "epochs", epochs: 12 },
    onEpoch: (_, iterate) => void iterates.push(iterate),
  });
  const least = Math.min(...history.slice(1).map(({ trainLoss }) => trainLoss));
  assert.ok(least < history.at(-1)!.trainLoss, "the last iterate must not be the best one here");
  assert.equal(record.trainLoss, least);
  assert.deepEqual(x, iterates[record.epoch]);
});

Deno.test("train() does not pass its start off as a result", async () => {
  const { x: trained } = await run({ stop: { kind: "epochs", epochs: 20 } });
  const { record } = await train(net, data, trained, {
    engine,
    batchSize: 16,
    stop: { kind: "epochs", epochs: 2 },
    seed: 1,
    optimiser: adam({ learningRate: 1 }), // every step makes it worse
  });
  assert.ok(record.epoch > 0);
});

Deno.test("train() measures ‖x − x₀‖₂", async () => {
  const { x, history } = await run();
  const distance = Math.hypot(...x.map((xi, i) => xi - start[i]!));
  assertClose([history.at(-1)!.distanceFromStart], [distance], { relative: 1e-12 });
});

Deno.test("train() ends as diverged when the loss is not a number", async () => {
  const { stopReason, history } = await run({ optimiser: sgd({ learningRate: 1e200 }) });
  assert.equal(stopReason, "diverged");
  assert.equal(history.length, 2);
});

Deno.test("train() refuses a batch size that is no integer from 1 to the set's size", async () => {
  for (const batchSize of [0, 51, 2.5, NaN]) {
    await assert.rejects(() => run({ batchSize }), /Cannot train toy with batches of/);
  }
});

Deno.test("train() draws dropout masks by seed and step", async () => {
  const keys: number[][] = [];
  const watching: Engine = {
    ...engine,
    async load(program) {
      const session = await engine.load(program);
      return {
        run(name, feeds) {
          if (name.startsWith("step")) keys.push([...feeds!.stepKey as Int32Array]);
          return session.run(name, feeds);
        },
        assign: (values) => session.assign(values),
        read: (names) => session.read(names),
        [Symbol.asyncDispose]: () => Promise.resolve(session[Symbol.asyncDispose]()),
      };
    },
  };
  await run({ engine: watching, seed: 9, batchSize: 25, stop: { kind: "epochs", epochs: 2 } });
  assert.deepEqual(keys, [[9, 1], [9, 2], [9, 3], [9, 4]]);
});

import assert from "node:assert/strict";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { norm } from "../../lib/networks/layers/norm.ts";
import { stack } from "../../lib/networks/network.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { recomputedMoments } from "../../lib/objective/recomputed_moments.ts";
import { adam } from "../../lib/training/adam.ts";
import { train } from "../../lib/training/train.ts";
import { assertClose, relativeError } from "../support/assert_close.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const engine = referenceEngine();
const net = toyNetwork();
const data = toyDataset(30);
const x = initialPoint(net, 3);

Deno.test("recomputedMoments() of one chunk give the f of batch statistics", async () => {
  const moments = await recomputedMoments(net, data, x, { engine, evaluationBatch: 30 });
  await using batch = await objectiveOf(net, data, { engine, evaluationBatch: 30 });
  await using fixed = await objectiveOf(net, data, { engine, evaluationBatch: 7, moments });
  const [f, g] = [(await batch.evaluate(x)).value, (await fixed.evaluate(x)).value];
  assertClose([g], [f], { relative: 1e-13 }); // the same formula, in another order
});

Deno.test("recomputedMoments() do not depend on the chunk where no other norm comes before", async () => {
  const single = stack("single", [5], [norm(), dense(3)]);
  const start = initialPoint(single, 1);
  const [whole, chunked] = await Promise.all(
    [30, 7].map((evaluationBatch) =>
      recomputedMoments(single, data, start, { engine, evaluationBatch })
    ),
  );
  assertClose(chunked!.norm1!.mean, whole!.norm1!.mean, { relative: 1e-13, absolute: 1e-15 });
  assertClose(chunked!.norm1!.variance, whole!.norm1!.variance, { relative: 1e-13 });
});

Deno.test("objectiveOf() with moments has their derivatives: none", async () => {
  const moments = await recomputedMoments(net, data, x, { engine });
  await using f = await objectiveOf(net, data, { engine, moments, evaluationBatch: 8 });
  const { gradient } = await f.evaluate(x);
  const v = initialPoint(net, 4);
  const product = await f.hessian(x).apply(v);
  // Central differences, good to step² f‴ + 1e-16/step, both below 1e-9.
  const step = 1e-5;
  const moved = (shift: number) => x.map((xi, i) => xi + shift * v[i]!);
  const [ahead, behind] = [await f.evaluate(moved(step)), await f.evaluate(moved(-step))];
  const slope = gradient.reduce((total, g, i) => total + g * v[i]!, 0);
  assertClose([slope], [(ahead.value - behind.value) / (2 * step)], { relative: 1e-8 });
  const curvature = ahead.gradient.map((g, i) => (g - behind.gradient[i]!) / (2 * step));
  assert.ok(relativeError(product, curvature) < 1e-7);
});

Deno.test("objectiveOf() refuses moments that do not fit, naming layer and entry", async () => {
  const moments = await recomputedMoments(net, data, x, { engine });
  const { norm1, norm2 } = moments;
  const short = { norm1: norm1!, norm2: { ...norm2!, mean: new Float64Array(3) } };
  const missing = { norm1: norm1! };
  const negative = { norm1: norm1!, norm2: { ...norm2!, variance: Float64Array.of(1, 1, -1, 1) } };
  const faults = [
    [short, "TypeError", /norm2 of toy: its mean has 3 entries, want 4/],
    [missing, "TypeError", /norm2 of toy: its mean has no entries/],
    [negative, "RangeError", /entry 2 of its variance is -1/],
  ] as const;
  for (const [given, name, message] of faults) {
    await assert.rejects(objectiveOf(net, data, { engine, moments: given }), { name, message });
  }
});

Deno.test("train() keeps running averages 0.99 m + 0.01 μ of the steps' moments", async () => {
  const single = stack("single", [5], [norm(), dense(3)]);
  const start = initialPoint(single, 1);
  const { moments, record } = await train(single, { train: data, test: data }, start, {
    engine,
    batchSize: 30, // every step sees the whole set, whose moments do not depend on the weights
    stop: { kind: "epochs", epochs: 2 },
    seed: 1,
    batchNorm: "running",
    iterate: "last",
  });
  const whole = await recomputedMoments(single, data, start, { engine });
  const past = 0.99 ** 2;
  const mean = whole.norm1!.mean.map((mu) => (1 - past) * mu);
  const variance = whole.norm1!.variance.map((v) => past + (1 - past) * v);
  assertClose(moments!.norm1!.mean, mean, { relative: 1e-12, absolute: 1e-15 });
  assertClose(moments!.norm1!.variance, variance, { relative: 1e-12 });
  assert.equal(record.epoch, 2);
});

for (const batchNorm of ["running", "recomputed"] as const) {
  Deno.test(`train() reports the loss with the ${batchNorm} moments that it returns`, async () => {
    const test = toyDataset(20, 2);
    const result = await train(net, { train: data, test }, x, {
      engine,
      batchSize: 10,
      stop: { kind: "epochs", epochs: 3 },
      seed: 1,
      batchNorm,
      optimiser: adam({ learningRate: 0.01 }),
    });
    for (const [set, loss] of [[data, "trainLoss"], [test, "testLoss"]] as const) {
      await using f = await objectiveOf(net, set, { engine, moments: result.moments! });
      // The iterate is read from the session and set again: the same computation.
      assert.equal((await f.performance(result.x)).loss, result.record[loss]);
    }
  });
}

Deno.test("every mode of batch norm is the same f without batch norm", async () => {
  const linear = stack("linear", [5], [dense(3)]);
  const start = initialPoint(linear, 1);
  const runs = (["batch", "running", "recomputed"] as const).map((batchNorm) =>
    train(linear, { train: data, test: data }, start, {
      engine,
      batchSize: 10,
      stop: { kind: "epochs", epochs: 2 },
      seed: 1,
      batchNorm,
    })
  );
  const [batch, ...others] = await Promise.all(runs);
  for (const { x, record } of others) {
    assert.deepEqual([x, record], [batch!.x, batch!.record]);
  }
  assert.deepEqual(await recomputedMoments(linear, data, start, { engine }), {});
});

Deno.test("train() refuses ghost batches that do not divide the batch, before it starts", async () => {
  const ghosts = stack("ghosts", [5], [dense(4), norm({ ghost: 4 }), dense(3)]);
  const begun: number[] = [];
  const run = (batchSize: number) =>
    train(ghosts, { train: data, test: data }, initialPoint(ghosts, 1), {
      engine,
      batchSize,
      stop: { kind: "epochs", epochs: 1 },
      seed: 1,
      onEpoch: ({ epoch }) => void begun.push(epoch),
    });
  await assert.rejects(run(10), { name: "TypeError", message: /multiple of the ghost size 4/ });
  assert.deepEqual(begun, []);
  await run(28); // 28 = 7 · 4, and the last two examples are one ghost by themselves
  assert.deepEqual(begun, [0, 1]);
});

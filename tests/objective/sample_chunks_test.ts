import assert from "node:assert/strict";
import type { Dataset } from "../../lib/data/dataset.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { oneHot } from "../../lib/graph/ops/one_hot.ts";
import { reshape } from "../../lib/graph/ops/reshape.ts";
import { MEAN_SQUARED_ERROR } from "../../lib/losses/mean_squared_error.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { type Network, stack } from "../../lib/networks/network.ts";
import { tablesOf } from "../../lib/objective/chunks.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { sampleChunksOf, sampleShares } from "../../lib/objective/sample_chunks.ts";
import { assertClose, relativeError } from "../support/assert_close.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const engine = referenceEngine();
const count = 960; // samples of 60

/** The examples with these indices as a data set of their own. */
function selected(dataset: Dataset, indices: Int32Array): Dataset {
  const width = dataset.features.length / dataset.count;
  const row = (i: number) => [...dataset.features.subarray(i * width, (i + 1) * width)];
  return {
    ...dataset,
    features: Float32Array.from([...indices].flatMap(row)),
    labels: Int32Array.from(indices, (i) => dataset.labels[i]!),
    count: indices.length,
    ...(dataset.weights && { weights: Float64Array.from(indices, (i) => dataset.weights![i]!) }),
  };
}

/** Which examples the samples hold. */
function indicesOf(net: Network, dataset: Dataset, evaluationBatch = 5000): Int32Array[] {
  const tables = tablesOf(net, dataset);
  return sampleChunksOf(net, tables, evaluationBatch).map(({ chunks }) =>
    Int32Array.from(chunks.flatMap(({ size, feeds }) => {
      const feed = feeds[`examples${size}`]!;
      assert.ok("indices" in feed);
      return [...feed.indices];
    }))
  );
}

Deno.test("sampleShares() is a sixteenth of the examples each, a thousand at most, and none of few", () => {
  assert.deepEqual(sampleShares(8000, 4000), Array(8).fill(1 / 16));
  assert.deepEqual(sampleShares(60_000, 4000), Array(8).fill(1 / 60));
  assert.deepEqual(sampleShares(800, 400), Array(8).fill(1 / 16));
  assert.deepEqual(sampleShares(799, 400), []);
  // In whole chunks where a chunk is smaller: 62 examples in chunks of 25 are 50.
  assert.deepEqual(sampleShares(1000, 25), Array(8).fill(1 / 20));
  assert.deepEqual(sampleShares(1000, 1), Array(8).fill(62 / 1000));
});

Deno.test("sampleChunksOf() has eight samples without a common example, drawn from all of the data", () => {
  const sorted = {
    ...toyDataset(count),
    labels: Int32Array.from({ length: count }, (_, i) => Math.floor(i / 320)),
  };
  const samples = indicesOf(toyNetwork(), sorted);
  assert.deepEqual(samples.map(({ length }) => length), Array(8).fill(60));
  assert.equal(new Set(samples.flatMap((indices) => [...indices])).size, 480);
  assert.ok(samples.flatMap((indices) => [...indices]).every((i) => i >= 0 && i < count));
  // Data sorted by class: each sample has some of each, 20 ± 4 by chance.
  for (const indices of samples) {
    for (const label of [0, 1, 2]) {
      const own = indices.filter((i) => sorted.labels[i] === label).length;
      assert.ok(own >= 7 && own <= 33, `${own} of class ${label}`); // three standard deviations
    }
  }
  assert.deepEqual(samples, indicesOf(toyNetwork(), sorted));
});

for (const isWeighted of [false, true]) {
  Deno.test(`objectiveOf() has samples that are f over their examples${isWeighted ? ", with weights" : ""}`, async () => {
    const net = toyNetwork();
    const dataset: Dataset = {
      ...toyDataset(count),
      ...(isWeighted && { weights: Float64Array.from({ length: count }, (_, i) => 1 + i % 4) }),
    };
    const x = initialPoint(net, 3);
    await using f = await objectiveOf(net, dataset, { engine, evaluationBatch: 480 });
    const before = await f.evaluate(x);
    for (const k of [0, 7]) {
      const own = selected(dataset, indicesOf(net, dataset)[k]!);
      await using alone = await objectiveOf(net, own, { engine, evaluationBatch: 480 });
      const [expected, found] = [await alone.evaluate(x), await f.samples[k]!.evaluate(x)];
      assertClose([found.value], [expected.value], { relative: 1e-13 }); // sums of 60 in float64
      assert.ok(relativeError(found.gradient, expected.gradient) < 1e-13);
      const shift = 1 + k % 2;
      const wrong = { ...own, labels: own.labels.map((label) => (label + shift) % 3) };
      await using other = await objectiveOf(net, wrong, { engine, evaluationBatch: 480 });
      assert.equal(await f.samples[k]!.loss!(x), found.value);
      const mislabelled = await f.samples[k]!.mislabelled!.evaluate(x);
      assertClose([mislabelled.value], [(await other.evaluate(x)).value], { relative: 1e-13 });
    }
    assert.deepEqual(f.samples.map(({ share }) => share), Array(8).fill(1 / 16));
    assert.deepEqual(await f.evaluate(x), before);
  });
}

Deno.test("sampleChunksOf() takes no examples that weigh nothing, and counts those that weigh something", () => {
  const weighing = (share: number): Dataset => ({
    ...toyDataset(count * 2),
    weights: Float64Array.from({ length: count * 2 }, (_, i) => i % share === 0 ? 3 : 0),
  });
  const samples = indicesOf(toyNetwork(), weighing(2));
  assert.deepEqual(samples.map(({ length }) => length), Array(8).fill(60));
  const all = samples.flatMap((indices) => [...indices]);
  assert.equal(new Set(all).size, 480);
  assert.ok(all.every((example) => example % 2 === 0));
  // 640 of 1 920 examples are too few.
  assert.deepEqual(indicesOf(toyNetwork(), weighing(3)), []);
  const equal = { ...toyDataset(count), weights: new Float64Array(count).fill(3) };
  assert.deepEqual(indicesOf(toyNetwork(), equal), indicesOf(toyNetwork(), toyDataset(count)));
});

Deno.test("objectiveOf() has samples of examples with several labels, weights and whole numbers as input", async () => {
  // Five words of seven in an example, and a label of three classes at each of two positions.
  const plain = stack("positions", [35], [dense(6)]);
  const net: Network = {
    ...plain,
    classes: 3,
    inputShape: [5],
    inputType: "int32",
    labelsPerExample: 2,
    logits(examples, ...others) {
      const size = examples.shape[0]!;
      const words = oneHot(reshape(examples, [5 * size]), 7);
      return reshape(plain.logits(reshape(words, [size, 35]), ...others), [2 * size, 3]);
    },
  };
  const dataset: Dataset = {
    name: "positions",
    features: Float32Array.from({ length: 5 * count }, (_, i) => i * i % 7),
    labels: Int32Array.from({ length: 2 * count }, (_, row) => row % 3),
    // A third of the positions weighs nothing, but no example does.
    weights: Float64Array.from({ length: 2 * count }, (_, row) => row % 3 < 2 ? 1 + row % 5 : 0),
    count,
    featureShape: [5],
    classes: 3,
  };
  const x = initialPoint(plain, 3);
  await using f = await objectiveOf(net, dataset, { engine, evaluationBatch: 480 });
  const [own] = indicesOf(net, dataset);
  const row = <T>(all: ArrayLike<T>, width: number) =>
    [...own!].flatMap((i) => Array.from({ length: width }, (_, k) => all[i * width + k]!));
  const alone = {
    ...dataset,
    features: Float32Array.from(row(dataset.features, 5)),
    labels: Int32Array.from(row(dataset.labels, 2)),
    weights: Float64Array.from(row(dataset.weights!, 2)),
    count: own!.length,
  };
  const wrong = { ...alone, labels: alone.labels.map((label) => (label + 1) % 3) };
  for (
    const [found, data] of [[f.samples[0]!, alone], [f.samples[0]!.mislabelled!, wrong]] as const
  ) {
    await using expected = await objectiveOf(net, data, { engine });
    const [a, b] = [await found.evaluate(x), await expected.evaluate(x)];
    // Weights are scaled by another mean, in float64; float32 rounds the feeds.
    assertClose([a.value], [b.value], { relative: 1e-12 });
    assert.ok(relativeError(a.gradient, b.gradient) < 1e-6);
  }
});

Deno.test("objectiveOf() takes samples in chunks of f's own size where they are larger", async () => {
  const net = stack("linear", [5], [dense(3)]);
  const dataset = toyDataset(count);
  const x = initialPoint(net, 3);
  await using f = await objectiveOf(net, dataset, { engine, evaluationBatch: 20 });
  await using whole = await objectiveOf(net, dataset, { engine, evaluationBatch: 480 });
  const [a, b] = [await f.samples[2]!.evaluate(x), await whole.samples[2]!.evaluate(x)];
  assertClose([a.value], [b.value], { relative: 1e-13 }); // no batch norm: chunks do not matter
});

Deno.test("objectiveOf() has no wrong labels of real targets, and no samples of few examples", async () => {
  const net = { ...stack("line", [5], [dense(1)]), loss: MEAN_SQUARED_ERROR };
  const labelled = toyDataset(count);
  const values = Float32Array.from({ length: count }, (_, i) => Math.sin(i));
  const dataset = {
    ...labelled,
    labels: new Int32Array(),
    classes: 0,
    targets: { values, shape: [] },
  };
  await using f = await objectiveOf(net, dataset, { engine });
  assert.equal(f.samples.length, 8);
  assert.ok(f.samples.every(({ mislabelled }) => mislabelled === undefined));
  await using few = await objectiveOf(toyNetwork(), toyDataset(400), { engine });
  assert.deepEqual(few.samples, []);
});

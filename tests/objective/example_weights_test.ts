import assert from "node:assert/strict";
import type { Dataset } from "../../lib/data/dataset.ts";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { reshape } from "../../lib/graph/ops/reshape.ts";
import { MEAN_SQUARED_ERROR } from "../../lib/losses/mean_squared_error.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { activation } from "../../lib/networks/layers/activation.ts";
import { type Network, stack } from "../../lib/networks/network.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { targetFactsOf, targetsOf } from "../../lib/objective/targets.ts";
import { assertClose } from "../support/assert_close.ts";
import { toyDataset } from "../support/toy_problem.ts";

const engine = referenceEngine();
const net = stack("smooth", [5], [dense(4), activation("tanh"), dense(3)]);
const regressor: Network = {
  ...stack("regressor", [5], [dense(4), activation("tanh"), dense(2)]),
  loss: MEAN_SQUARED_ERROR,
};

/** Real targets that are the features' first two, and a constant more. */
function regression(count: number): Dataset {
  const { labels: _, ...data } = toyDataset(count);
  const values = Float32Array.from(
    { length: 2 * count },
    (_, i) => data.features[5 * (i >> 1) + i % 2]! + 1,
  );
  return { ...data, labels: new Int32Array(), classes: 0, targets: { values, shape: [2] } };
}

/** Everything that is evaluated at a point, in one vector. */
async function measured(network: Network, dataset: Dataset, evaluationBatch = 4) {
  await using f = await objectiveOf(network, dataset, { engine, evaluationBatch });
  const x = initialPoint(network, 2);
  const { value, gradient } = await f.evaluate(x);
  const product = await f.hessian(x).apply(gradient);
  const { loss, accuracy, determination } = await f.performance(x);
  return [value, loss, accuracy || 0, determination ?? 0, ...gradient, ...product];
}

/** The examples of these indices, in this order. */
function picked(dataset: Dataset, indices: readonly number[]): Dataset {
  const rows = (all: ArrayLike<number>) => {
    const width = all.length / dataset.count;
    return indices.flatMap((i) => Array.from({ length: width }, (_, k) => all[i * width + k]!));
  };
  const { targets } = dataset;
  return {
    ...dataset,
    count: indices.length,
    features: Float32Array.from(rows(dataset.features)),
    labels: Int32Array.from(rows(dataset.labels)),
    ...(targets && { targets: { ...targets, values: Float32Array.from(rows(targets.values)) } }),
  };
}

Deno.test("objectiveOf() weights count as so many examples: f, ∇f, Hv, accuracy and R²", async () => {
  const indices = [0, 1, 1, 1, 3, 4, 4, 5];
  const weights = Float64Array.of(1, 3, 0, 1, 2, 1);
  for (const [network, data] of [[net, toyDataset(6)], [regressor, regression(6)]] as const) {
    const repeated = await measured(network, picked(data, indices));
    // Whatever the scale of the weights: they are brought to a mean of 1.
    for (const scale of [1, 1e-300, 1e300]) {
      const weighted = { ...data, weights: weights.map((weight) => scale * weight) };
      assertClose(await measured(network, weighted), repeated, {
        relative: 1e-12,
        absolute: 1e-14,
      });
    }
    const alike = await measured(network, { ...data, weights: new Float64Array(6).fill(0.1) });
    assertClose(alike, await measured(network, data), { relative: 1e-12, absolute: 1e-14 });
  }
});

Deno.test("objectiveOf() takes a weight for each label of an example too", async () => {
  // Two positions of an example, which a network of one position reads one after the other.
  const positions: Network = {
    ...net,
    inputShape: [2, 5],
    labelsPerExample: 2,
    logits: (examples, values) =>
      net.logits(reshape(examples, [2 * examples.shape[0]!, 5]), values),
  };
  const data = { ...toyDataset(6), weights: Float64Array.of(1, 2, 0, 1, 3, 1) };
  const paired = { ...data, count: 3, featureShape: [2, 5] };
  await using f = await objectiveOf(net, data, { engine });
  await using g = await objectiveOf(positions, paired, { engine, evaluationBatch: 2 });
  const x = initialPoint(net, 2);
  const [a, b] = [await f.evaluate(x), await g.evaluate(x)];
  assertClose([b.value, ...b.gradient], [a.value, ...a.gradient], {
    relative: 1e-12,
    absolute: 1e-15,
  });
  const three = { ...positions, labelsPerExample: 1, loss: MEAN_SQUARED_ERROR, outputShape: [2] };
  await assert.rejects(
    () => objectiveOf({ ...three, classes: 2 }, paired, { engine }),
    /Cannot use the weights of toy for smooth: an example has 2; want one$/,
  );
});

Deno.test("performance() gives R² of numbers, and no accuracy", async () => {
  const data = regression(9);
  await using f = await objectiveOf(regressor, data, { engine, evaluationBatch: 4 });
  const { accuracy, determination } = await f.performance(new Float64Array(f.dimension));
  assert.ok(Number.isNaN(accuracy));
  // All outputs are 0: residuals are the targets themselves.
  const { values } = data.targets!;
  const mean = (k: number) => values.reduce((sum, t, i) => sum + (i % 2 === k ? t / 9 : 0), 0);
  const spread = values.reduce((sum, t, i) => sum + (t - mean(i % 2)) ** 2, 0);
  const squares = values.reduce((sum, t) => sum + t ** 2, 0);
  assertClose([determination!], [1 - squares / spread], { relative: 1e-12 });
  const constant = { ...data, targets: { values: new Float32Array(18).fill(2), shape: [2] } };
  await using g = await objectiveOf(regressor, constant, { engine });
  assert.equal((await g.performance(new Float64Array(g.dimension))).determination, undefined);
});

Deno.test("targetsOf() makes numbers and vectors of labels, and names what does not fit", () => {
  const labelled = { ...toyDataset(3), features: new Float32Array(15) };
  const one = { ...regressor, classes: 1, outputShape: [1] };
  const three = { ...regressor, classes: 3, outputShape: [3] };
  assert.deepEqual([...targetsOf(one, labelled).entries], [0, 1, 2]);
  assert.match(targetsOf(one, labelled).understood!, /labels count as numbers/);
  assert.deepEqual([...targetsOf(three, labelled).entries], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  assert.match(targetsOf(three, labelled).understood!, /vectors of 3 with a single 1/);
  const real = regression(3);
  assert.equal(targetsOf(regressor, real).entries, real.targets!.values);
  assert.deepEqual(targetFactsOf(real), {
    entries: 2,
    labels: 0,
    areWhole: false,
    areBinary: false,
  });
  assert.deepEqual(targetFactsOf(labelled), {
    entries: 1,
    labels: 1,
    areWhole: true,
    areBinary: false,
  });
  // Axes of one entry make no difference, others do.
  const column = { ...real, targets: { values: new Float32Array(6), shape: [1, 2] } };
  assert.equal(targetsOf(regressor, column).entries.length, 6);
  assert.throws(() => targetsOf(three, real), {
    name: "TypeError",
    message: /they have the shape \[2\], its output \[3\]; mean squared error wants a target for/,
  });
  assert.throws(
    () => targetsOf(regressor, labelled),
    /they have the shape \[1\], its output \[2\]/,
  );
  assert.throws(() => targetsOf(net, real), {
    name: "RangeError",
    message: /example 0 has the target .*; cross-entropy wants labels, whole numbers from 0/,
  });
  const marked = { ...real, targets: { values: Float32Array.of(1, -100, 2), shape: [] } };
  assert.throws(
    () => targetsOf(net, marked),
    /example 1 has the target -100; .* from 0; what is not to count has any label, and the weight 0/,
  );
  const rows = {
    labels: Int32Array.of(1, 0, 1, 1, 0, 1),
    targets: { values: Float32Array.of(1, 0, 1, 1, 0, 1), shape: [2] },
  };
  assert.throws(
    () => targetsOf(net, { ...labelled, ...rows, classes: 2 }),
    /an example has 2, the network wants 1; the row of example 1 has 2 ones, a class has one/,
  );
});

import assert from "node:assert/strict";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { stack } from "../../lib/networks/network.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { assertClose, relativeError } from "../support/assert_close.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const engine = referenceEngine();

/** Softmax regression without hidden layers: the Hessian is known in closed form. */
const linear = stack("linear", [5], [dense(3)]);

Deno.test("objectiveOf() is ln K at W = 0", async () => {
  await using f = await objectiveOf(linear, toyDataset(30), { engine, evaluationBatch: 7 });
  const { value } = await f.evaluate(new Float64Array(f.dimension));
  assertClose([value], [Math.log(3)], { relative: 1e-14 }); // thirty additions in float64
});

Deno.test("objectiveOf() does not depend on the chunk without batch norm", async () => {
  const data = toyDataset(30);
  const x = initialPoint(linear, 3);
  const evaluate = async (evaluationBatch: number) => {
    await using f = await objectiveOf(linear, data, { engine, evaluationBatch });
    const product = await f.hessian(x).apply(x);
    return { ...(await f.evaluate(x)), product };
  };
  const whole = await evaluate(30);
  for (const batch of [1, 7, 29]) {
    const chunked = await evaluate(batch);
    assertClose([chunked.value], [whole.value], { relative: 1e-14 });
    assert.ok(relativeError(chunked.gradient, whole.gradient) < 1e-14);
    assert.ok(relativeError(chunked.product, whole.product) < 1e-14);
  }
});

Deno.test("objectiveOf() normalises each chunk by itself", async () => {
  const net = toyNetwork();
  const x = initialPoint(net, 3);
  const values = await Promise.all([30, 10].map(async (evaluationBatch) => {
    await using f = await objectiveOf(net, toyDataset(30), { engine, evaluationBatch });
    return (await f.evaluate(x)).value;
  }));
  assert.ok(Math.abs(values[0]! - values[1]!) > 1e-4, `${values}`);
});

Deno.test("evaluate() returns the gradient of its value, by central differences", async () => {
  const net = toyNetwork();
  await using f = await objectiveOf(net, toyDataset(24), { engine, evaluationBatch: 10 });
  const x = initialPoint(net, 5);
  const { gradient } = await f.evaluate(x);
  const step = 1e-5; // error ~ step² f‴ + 1e-16/step: both below 1e-9
  for (let i = 0; i < x.length; i += 7) {
    const at = async (shift: number) => {
      const moved = x.slice();
      moved[i]! += shift;
      return (await f.evaluate(moved)).value;
    };
    const slope = (await at(step) - await at(-step)) / (2 * step);
    assertClose([gradient[i]!], [slope], { relative: 1e-6, absolute: 1e-9 });
  }
});

Deno.test("hessian() is the derivative of the gradient, and symmetric", async () => {
  const net = toyNetwork();
  await using f = await objectiveOf(net, toyDataset(24), { engine, evaluationBatch: 10 });
  const x = initialPoint(net, 5);
  const [u, v] = [1, 2].map((seed) =>
    Float64Array.from({ length: net.dimension }, (_, i) => Math.sin(seed * (i + 1)))
  ) as [Float64Array, Float64Array];
  const hessian = f.hessian(x);
  const product = await hessian.apply(v);
  const step = 1e-5;
  const gradientAt = async (shift: number) =>
    (await f.evaluate(x.map((xi, i) => xi + shift * v[i]!))).gradient;
  const [ahead, behind] = [await gradientAt(step), await gradientAt(-step)];
  const difference = ahead.map((g, i) => (g - behind[i]!) / (2 * step));
  assert.ok(relativeError(product, difference) < 1e-7, `${relativeError(product, difference)}`);
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, ai, i) => sum + ai * b[i]!, 0);
  assertClose([dot(u, product)], [dot(v, await hessian.apply(u))], { relative: 1e-11 });
});

Deno.test("hessian() keeps its point while f is evaluated elsewhere", async () => {
  const net = toyNetwork();
  await using f = await objectiveOf(net, toyDataset(24), { engine, evaluationBatch: 24 });
  const x = initialPoint(net, 5);
  const v = x.map((_, i) => Math.cos(i));
  const hessian = f.hessian(x);
  const before = await hessian.apply(v);
  const [, after] = await Promise.all([f.evaluate(x.map((xi) => 2 * xi)), hessian.apply(v)]);
  assert.deepEqual(after, before);
});

Deno.test("performance() counts the examples whose largest logit is the label's", async () => {
  const data = toyDataset(9);
  await using f = await objectiveOf(linear, data, { engine, evaluationBatch: 4 });
  const x = new Float64Array(f.dimension);
  x[f.dimension - 2] = 1; // the bias of class 1: every example is put there
  const { accuracy } = await f.performance(x);
  assert.equal(accuracy, 3 / 9);
});

Deno.test("objectiveOf() refuses data that do not fit", async () => {
  const data = toyDataset(9);
  const attempts = [
    [{ ...data, featureShape: [4] }, {}, /shape \[4\]/],
    [{ ...data, classes: 4 }, {}, /4 classes.*3 logits/],
    [{ ...data, count: 0 }, {}, /no examples/],
    [data, { evaluationBatch: 0 }, /chunks of 0/],
    [{ ...data, labels: data.labels.with(4, 3) }, {}, /example 4 has the label 3/],
    [{ ...data, features: data.features.with(7, NaN) }, {}, /feature 2 of example 1 is NaN/],
  ] as const;
  for (const [dataset, options, message] of attempts) {
    await assert.rejects(() => objectiveOf(linear, dataset, { engine, ...options }), message);
  }
});

Deno.test("evaluate() refuses a vector of the wrong length", async () => {
  await using f = await objectiveOf(linear, toyDataset(9), { engine });
  await assert.rejects(() => f.evaluate(new Float64Array(4)), /4 entries.*want 18/);
});

Deno.test("hessian() multiplies many vectors as it does one", async () => {
  const net = toyNetwork();
  await using f = await objectiveOf(net, toyDataset(24), { engine, evaluationBatch: 10 });
  const hessian = f.hessian(initialPoint(net, 5));
  const vectors = [1, 2, 3, 4, 5, 6].map((seed) => initialPoint(net, seed));
  const together = await hessian.applyAll!(vectors);
  assert.equal(together.length, 6);
  for (const [k, v] of vectors.entries()) {
    // The same sums in the same order.
    assert.deepEqual(together[k], await hessian.apply(v));
  }
  assert.deepEqual(await hessian.applyAll!([]), []);
});

Deno.test("objectiveOf() and its methods refuse vectors that are no parameters", async () => {
  const net = toyNetwork();
  await using f = await objectiveOf(net, toyDataset(24), { engine });
  const x = initialPoint(net, 5);
  const broken = x.slice();
  broken[40] = NaN;
  const short = x.slice(1);
  const message = /entry 40, in norm1\/gamma, is NaN/;
  await assert.rejects(f.evaluate(broken), { name: "RangeError", message });
  await assert.rejects(f.performance(broken), { name: "RangeError", message });
  assert.throws(() => f.hessian(broken), { name: "RangeError", message });
  await assert.rejects(f.hessian(x).apply(broken), { name: "RangeError", message: /a tangent of/ });
  const length = new RegExp(`vector of ${x.length - 1} entries.*toy; want ${x.length}`);
  await assert.rejects(f.evaluate(short), { name: "TypeError", message: length });
  await assert.rejects(f.hessian(x).apply(short), { name: "TypeError", message: length });
  assert.throws(() => f.hessian(short), { name: "TypeError", message: length });
});

Deno.test("hessian()s at two points do not mix, however their products alternate", async () => {
  const net = toyNetwork();
  await using f = await objectiveOf(net, toyDataset(12), { engine });
  const [x, y, v] = [initialPoint(net, 1), initialPoint(net, 2), initialPoint(net, 3)];
  const [atX, atY] = [f.hessian(x), f.hessian(y)];
  const first = (await atX.apply(v)).slice();
  const other = (await atY.apply(v)).slice();
  assert.ok(relativeError(other, first) > 0.1);
  assert.deepEqual(await atX.apply(v), first);
  await using fresh = await objectiveOf(net, toyDataset(12), { engine });
  assert.deepEqual(await fresh.hessian(y).apply(v), other);
});

Deno.test("performance() counts no hit where logits are equal", async () => {
  await using f = await objectiveOf(linear, toyDataset(30), { engine });
  assert.equal((await f.performance(new Float64Array(f.dimension))).accuracy, 0);
});

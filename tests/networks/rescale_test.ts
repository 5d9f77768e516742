import assert from "node:assert/strict";
import { referenceEngine } from "../../lib/engine/reference/engine.ts";
import { splitParameters } from "../../lib/networks/flat.ts";
import { initialPoint } from "../../lib/networks/initial_point.ts";
import { activation } from "../../lib/networks/layers/activation.ts";
import { conv } from "../../lib/networks/layers/conv.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { dropout } from "../../lib/networks/layers/dropout.ts";
import { norm } from "../../lib/networks/layers/norm.ts";
import { pool } from "../../lib/networks/layers/pool.ts";
import { type Network, stack } from "../../lib/networks/network.ts";
import { rescalableLayers, rescaleLayer } from "../../lib/networks/rescale.ts";
import { network } from "../../lib/networks/zoo.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import type { Objective } from "../../lib/optim/objective.ts";
import { stream } from "../../lib/random/stream.ts";
import { adaptiveSharpness } from "../../lib/sharpness/adaptive_sharpness.ts";
import { sharpness } from "../../lib/sharpness/metric.ts";
import { minimizeInBox } from "../../lib/optim/lbfgsb.ts";
import { assertClose, relativeError } from "../support/assert_close.ts";
import { toyDataset, toyNetwork } from "../support/toy_problem.ts";

const engine = referenceEngine();
const relu = () => activation("relu");

/** No normalisation: factors go to kernel and bias. */
const plain = stack("plain", [5], [dense(4), relu(), dense(4), relu(), dropout(0.5), dense(3)]);
/** Images of 5 features in a row, with convolution, pooling and both kinds of normalisation. */
const images = stack("images", [1, 5, 1], [
  conv(3, 3),
  norm(),
  relu(),
  pool(2),
  dense(4),
  relu(),
  norm("layer"),
  dense(3),
]);

/** A point at which no parameter is 0. */
function pointOf(net: Network): Float64Array {
  const x = initialPoint(net, 4);
  const noise = new Float64Array(x.length);
  stream(4, "noise").fillNormal(noise, 0);
  return x.map((xi, i) => xi + 0.1 * noise[i]!);
}

/** D: the factor of each parameter. */
function factorsOf(net: Network, layer: string, alpha: number): Float64Array {
  return rescaleLayer(net, new Float64Array(net.dimension).fill(1), layer, alpha);
}

const toyOf = (net: Network) =>
  objectiveOf(net, { ...toyDataset(24), featureShape: net.inputShape }, { engine });

for (const net of [plain, toyNetwork("relu"), images]) {
  Deno.test(`rescaleLayer() leaves f as it is, and moves ∇f and Hv as it must: ${net.name}`, async () => {
    await using f = await toyOf(net);
    const x = pointOf(net);
    const before = await f.evaluate(x);
    const v = x.map((_, i) => Math.cos(i));
    assert.equal(rescalableLayers(net).length, 2);
    for (const layer of rescalableLayers(net)) {
      for (const alpha of [8, 0.3, 1e3]) {
        const factors = factorsOf(net, layer, alpha);
        const rescaled = rescaleLayer(net, x, layer, alpha);
        assert.ok(relativeError(rescaled, x) > 0.1);
        const after = await f.evaluate(rescaled);
        // Float64 throughout: a few roundings a layer.
        assertClose([after.value], [before.value], { relative: 1e-13 });
        assert.ok(
          relativeError(after.gradient, before.gradient.map((g, i) => g / factors[i]!)) < 1e-11,
        );
        // D⁻¹HD⁻¹v at the rescaled point.
        const product = await f.hessian(rescaled).apply(v);
        const want = (await f.hessian(x).apply(v.map((vi, i) => vi / factors[i]!)))
          .map((entry, i) => entry / factors[i]!);
        assert.ok(relativeError(product, want) < 1e-10, `${relativeError(product, want)}`);
      }
    }
  });
}

Deno.test("rescaleLayer() by a power of two changes no bit of f", async () => {
  await using f = await toyOf(plain);
  const x = pointOf(plain);
  const { value } = await f.evaluate(x);
  assert.equal((await f.evaluate(rescaleLayer(plain, x, "dense1", 2 ** 20))).value, value);
});

/** The largest f(x + z) over |z_i| ≤ b_i that L-BFGS-B finds from the vertex of the slope. */
async function largestRise(f: Objective, x: Float64Array, halfWidths: Float64Array) {
  const { value, gradient } = await f.evaluate(x);
  const negated: Objective = {
    dimension: f.dimension,
    async evaluate(z) {
      const at = await f.evaluate(z.map((zi, i) => x[i]! + zi));
      return { value: -at.value, gradient: at.gradient.map((g) => -g) };
    },
  };
  const box = { lower: halfWidths.map((b) => -b), upper: halfWidths };
  const start = halfWidths.map((b, i) => b * Math.sign(gradient[i]!));
  return -(await minimizeInBox(negated, start, box, { gradientTolerance: 0 })).value - value;
}

Deno.test("sharpness() at a rescaled point is that of another box, adaptiveSharpness() is the same", async () => {
  await using f = await toyOf(plain);
  const x = pointOf(plain);
  // So small that the slope decides which vertex is the largest, whatever way leads there.
  const epsilon = 1e-6;
  const percents: number[] = [];
  const adaptive: number[] = [];
  for (const alpha of [1, 16, 1024]) {
    const factors = factorsOf(plain, "dense1", alpha);
    const rescaled = rescaleLayer(plain, x, "dense1", alpha);
    const measured = await sharpness(f, rescaled, { epsilon, start: "vertex", maxIterations: 60 });
    // max f(Dx + y) over |y_i| ≤ ε(|d_i x_i| + 1) is max f(x + z) over |z_i| ≤ ε(|x_i| + 1/d_i).
    const box = x.map((xi, i) => epsilon * (Math.abs(xi) + 1 / factors[i]!));
    const rise = await largestRise(f, x, box);
    assertClose([measured.percent], [100 * rise / (1 + measured.lossAtMinimiser)], {
      relative: 1e-6, // where the two searches stop
    });
    percents.push(measured.percent);
    for (const neighbourhood of ["box", "ellipsoid"] as const) {
      adaptive.push((await adaptiveSharpness(f, rescaled, { rho: 1e-3, neighbourhood })).rise);
    }
  }
  assert.ok(percents[2]! > 5 * percents[0]!, `${percents}`);
  // Powers of two: the searches are the same bit for bit.
  assert.deepEqual(adaptive.slice(2), [...adaptive.slice(0, 2), ...adaptive.slice(0, 2)]);
});

Deno.test("rescaleLayer() moves γ and β under batch norm, and kernel and bias without", () => {
  const parts = (net: Network, layer: string) => {
    const factors = splitParameters(net, factorsOf(net, layer, 4));
    return Object.entries(factors).filter(([_, [first]]) => first !== 1)
      .map(([name, [first]]) => `${name} ${first}`);
  };
  assert.deepEqual(parts(plain, "dense1"), [
    "dense1/kernel 4",
    "dense1/bias 4",
    "dense2/kernel 0.25",
  ]);
  assert.deepEqual(parts(network("F1"), "dense5"), [
    "norm5/gamma 4",
    "norm5/beta 4",
    "dense6/kernel 0.25",
  ]);
  const twice = stack("twice", [5], [dense(4), norm(), relu(), norm(), relu(), dense(3)]);
  assert.deepEqual(parts(twice, "dense1"), ["norm2/gamma 4", "norm2/beta 4", "dense2/kernel 0.25"]);
  assert.deepEqual(parts(images, "dense1"), [
    "norm2/gamma 4",
    "norm2/beta 4",
    "dense2/kernel 0.25",
  ]);
});

Deno.test("rescalableLayers() are those whose output passes through ReLU to another kernel", () => {
  assert.deepEqual(rescalableLayers(network("C1")), ["conv1", "conv2", "dense1", "dense2"]);
  assert.deepEqual(rescalableLayers(toyNetwork("tanh")), []);
  const mixed = stack("mixed", [5], [dense(4), activation("tanh"), dense(4), relu(), dense(3)]);
  assert.deepEqual(rescalableLayers(mixed), ["dense2"]);
});

Deno.test("rescaleLayer() refuses what would change f", () => {
  const x = pointOf(plain);
  for (const alpha of [0, -2, NaN, Infinity]) {
    assert.throws(() => rescaleLayer(plain, x, "dense1", alpha), RangeError);
  }
  assert.throws(() => rescaleLayer(plain, x, "dense3", 2), /there can be dense1, dense2/);
  assert.throws(() => rescaleLayer(plain, x.slice(1), "dense1", 2), TypeError);
  const net = toyNetwork("tanh");
  assert.throws(
    () => rescaleLayer(net, pointOf(net), "dense1", 2),
    /there is no layer whose output/,
  );
});

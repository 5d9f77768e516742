/** f, ∇f and Hv of linear models by each loss, against their closed forms. */
import assert from "node:assert/strict";
import type { Dataset } from "../../lib/data/dataset.ts";
import { BINARY_CROSS_ENTROPY } from "../../lib/losses/binary_cross_entropy.ts";
import type { Loss } from "../../lib/losses/loss.ts";
import { MEAN_SQUARED_ERROR } from "../../lib/losses/mean_squared_error.ts";
import { dense } from "../../lib/networks/layers/dense.ts";
import { type Network, stack } from "../../lib/networks/network.ts";
import { objectiveOf } from "../../lib/objective/objective_of.ts";
import { stream } from "../../lib/random/stream.ts";
import { testOnEngines } from "../engine/engines.ts";
import { assertClose, relativeError } from "../support/assert_close.ts";

const COUNT = 7;
const INPUTS = 3;
const OUTPUTS = 2;

function normals(name: string, count: number): Float64Array {
  const entries = new Float64Array(count);
  stream(3, name).fillNormal(entries, 0);
  return entries.map(Math.fround);
}

const features = normals("features", COUNT * INPUTS);
const x = normals("parameters", (INPUTS + 1) * OUTPUTS);
const v = normals("tangent", x.length);
const weights = Float64Array.of(1, 0.25, 3, 0, 2, 0.5, 1);

const linear = (loss: Loss): Network => ({
  ...stack("linear", [INPUTS], [dense(OUTPUTS)]),
  loss,
});

function datasetOf(values: Float64Array, weights?: Float64Array): Dataset {
  return {
    name: "closed",
    features: Float32Array.from(features),
    labels: new Int32Array(),
    classes: 0,
    count: COUNT,
    featureShape: [INPUTS],
    targets: { values: Float32Array.from(values), shape: [OUTPUTS] },
    ...(weights && { weights }),
  };
}

/** The row (x_i, 1) by a column of the parameters: W is [inputs, outputs], then the bias. */
function outputOf(i: number, k: number, parameters: Float64Array): number {
  let z = parameters[INPUTS * OUTPUTS + k]!;
  for (let j = 0; j < INPUTS; j++) {
    z += features[i * INPUTS + j]! * parameters[j * OUTPUTS + k]!;
  }
  return z;
}

/** Σ_ik c_ik (x_i, 1) in the place of column k, which is how ∇ and Hv of a linear model look. */
function gathered(coefficient: (i: number, k: number) => number): Float64Array {
  const sum = new Float64Array(x.length);
  for (let i = 0; i < COUNT; i++) {
    for (let k = 0; k < OUTPUTS; k++) {
      const c = coefficient(i, k);
      for (let j = 0; j < INPUTS; j++) sum[j * OUTPUTS + k]! += c * features[i * INPUTS + j]!;
      sum[INPUTS * OUTPUTS + k]! += c;
    }
  }
  return sum;
}

/** A loss of single outputs: ℓ, ℓ′ and ℓ″ by z. */
interface Formula {
  readonly loss: Loss;
  readonly targets: Float64Array;
  readonly value: (z: number, t: number) => number;
  readonly slope: (z: number, t: number) => number;
  readonly curvature: (z: number) => number;
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const FORMULAS: readonly Formula[] = [
  {
    loss: MEAN_SQUARED_ERROR,
    targets: normals("targets", COUNT * OUTPUTS),
    value: (z, t) => (z - t) ** 2,
    slope: (z, t) => 2 * (z - t),
    curvature: () => 2,
  },
  {
    loss: BINARY_CROSS_ENTROPY,
    // Hard ones and soft ones.
    targets: Float64Array.of(0, 1, 1, 0, 0.25, 0.75, 0.5, 1, 0, 0, 0.125, 1, 1, 0.5),
    value: (z, t) => -t * Math.log(sigmoid(z)) - (1 - t) * Math.log(1 - sigmoid(z)),
    slope: (z, t) => sigmoid(z) - t,
    curvature: (z) => sigmoid(z) * (1 - sigmoid(z)),
  },
];

for (const { loss, targets, value, slope, curvature } of FORMULAS) {
  for (const own of [undefined, weights]) {
    const what = `${loss.name}${own ? ", weighted" : ""}`;
    testOnEngines(
      `objectiveOf() f, ∇f and Hv of a linear model by ${what}`,
      async (engine, { double }) => {
        await using f = await objectiveOf(linear(loss), datasetOf(targets, own), {
          engine,
          evaluationBatch: 4, // chunks of 4 and 3
        });
        const total = own ? own.reduce((sum, w) => sum + w, 0) : COUNT;
        const share = (i: number) => (own?.[i] ?? 1) / total / OUTPUTS;
        const at = (i: number, k: number) =>
          [outputOf(i, k, x), targets[i * OUTPUTS + k]!] as const;
        let expected = 0;
        for (let i = 0; i < COUNT; i++) {
          for (let k = 0; k < OUTPUTS; k++) expected += share(i) * value(...at(i, k));
        }
        const gradient = gathered((i, k) => share(i) * slope(...at(i, k)));
        const product = gathered((i, k) => share(i) * curvature(at(i, k)[0]) * outputOf(i, k, v));

        // Sums of 28 terms in float64 or float32.
        const rounding = double ? 1e-13 : 1e-6;
        const found = await f.evaluate(x);
        assertClose([found.value, (await f.performance(x)).loss], [expected, expected], {
          relative: rounding,
        });
        assert.ok(relativeError(found.gradient, gradient) < rounding);
        assert.ok(relativeError(await f.hessian(x).apply(v), product) < rounding);
        const [first] = await f.hessian(x).applyAll!([v, v, v, v]);
        assert.ok(relativeError(first!, product) < rounding);
      },
    );
  }
}

testOnEngines("binary cross-entropy keeps its relative precision next to 0", async (engine) => {
  // One example, weight 0 and bias z: f = ln(1 + e^(−z)), ∇f = −σ(−z), f″ = σ(z) σ(−z).
  const one: Dataset = {
    name: "one",
    features: Float32Array.of(0),
    labels: Int32Array.of(1),
    classes: 2,
    count: 1,
    featureShape: [1],
  };
  const net = { ...stack("logit", [1], [dense(1)]), loss: BINARY_CROSS_ENTROPY };
  await using f = await objectiveOf(net, one, { engine });
  for (const z of [0, 3, 20, 60]) {
    const point = Float64Array.of(0, z);
    const { value, gradient } = await f.evaluate(point);
    const [, product] = await f.hessian(point).apply(Float64Array.of(0, 1));
    assertClose(
      [value, gradient[1]!, product!],
      [Math.log1p(Math.exp(-z)), -sigmoid(-z), sigmoid(z) * sigmoid(-z)],
      // An exponential in float32 has a relative error of some z · 6e-8.
      { relative: 1e-5 },
    );
  }
});

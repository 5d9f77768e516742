import assert from "node:assert/strict";
import type { MeasuredObjective } from "../../lib/measures/measure.ts";
import { MEASURE_NAMES, MEASURES } from "../../lib/measures/measures.ts";
import { metered, unitsOf } from "../../lib/measures/meter.ts";
import type { MeasureScales } from "../../lib/measures/scales.ts";

const SIZE = 220;
const OPTIONS: MeasureScales = {
  eps: 1e-3,
  protocol: "paper",
  dimension: 5,
  rho: 1e-3,
  radius: 0.05,
  maxIterations: 4,
  sigma: 0.01,
  pairs: 2,
  rise: 0.1,
  lanczosSteps: 3,
  probes: 3,
  seed: 0,
};
/** Eleven layers of twenty weights, as many layers as the cost of `layers` counts with. */
const GROUPS = Array.from({ length: 11 }, (_, k) => ({
  name: `dense${k + 1}/kernel`,
  offset: 20 * k,
  length: 20,
}));

/** f = ½ Σ h_i x_i² with h from 1 to SIZE, whose calls are counted. */
function countedQuadratic() {
  const calls = { losses: 0, gradients: 0, products: 0 };
  const times = (v: Float64Array) => v.map((vi, i) => (i + 1) * vi);
  const valueAt = (x: Float64Array) => x.reduce((sum, xi, i) => sum + 0.5 * (i + 1) * xi * xi, 0);
  const objective: MeasuredObjective = {
    dimension: SIZE,
    samples: [],
    evaluate(x) {
      calls.gradients++;
      return Promise.resolve({ value: valueAt(x), gradient: times(x) });
    },
    performance(x) {
      calls.losses++;
      return Promise.resolve({ loss: valueAt(x), accuracy: 1 });
    },
    hessian: () => ({
      dimension: SIZE,
      apply(v) {
        calls.products++;
        return Promise.resolve(times(v));
      },
    }),
  };
  return { objective, calls };
}

for (const name of MEASURE_NAMES) {
  Deno.test(`cost() of ${name} is of the kind and the size of the calls that it makes`, async () => {
    const { objective, calls } = countedQuadratic();
    const x = new Float64Array(SIZE).fill(0.1);
    const { measure, cost } = MEASURES[name];
    await measure({
      objective,
      hessian: objective.hessian(x),
      x,
      groups: GROUPS,
      options: OPTIONS,
      unit: "nats",
      note: () => {},
    });
    const { losses = 0, gradients = 0, products = 0 } = cost(OPTIONS);
    const counted = JSON.stringify({ calls, cost: { losses, gradients, products } });
    // f at x comes besides.
    assert.ok(calls.losses <= 1.2 * losses + 1, counted);
    // A step of the line search takes one or two evaluations as a rule, and more on this quadratic.
    assert.ok(calls.gradients <= 3 * gradients, counted);
    assert.ok(calls.products <= products, counted);
    assert.ok(calls.losses + calls.gradients + calls.products > 0, counted);
  });
}

Deno.test("metered() counts calls in the units of unitsOf()", async () => {
  const { objective } = countedQuadratic();
  let told = 0;
  const signal = new AbortController().signal;
  const meter = metered(objective, signal, () => told++);
  const x = new Float64Array(SIZE);
  await meter.objective.evaluate(x);
  await meter.objective.performance(x);
  await meter.objective.hessian(x).apply(x);
  const wanted = unitsOf({ losses: 1, gradients: 1, products: 1 });
  assert.ok(Math.abs(meter.units - wanted) < 1e-12, `${meter.units}`); // sums of three numbers
  assert.equal(told, 3);
});

Deno.test("metered() counts calls on a sample by its share", async () => {
  const { objective } = countedQuadratic();
  const { dimension, evaluate } = objective;
  const sample = { dimension, evaluate, share: 0.25, mislabelled: { dimension, evaluate } };
  const sampled = { ...objective, samples: [sample] };
  const meter = metered(sampled, new AbortController().signal, () => {});
  const x = new Float64Array(SIZE).fill(0.1);
  const [own] = meter.objective.samples;
  assert.deepEqual(await own!.evaluate(x), await evaluate(x));
  assert.deepEqual(await own!.mislabelled!.evaluate(x), await evaluate(x));
  assert.equal(own!.share, 0.25);
  assert.equal(meter.units, unitsOf({ gradients: 0.5 }));
});

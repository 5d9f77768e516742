import assert from "node:assert/strict";
import type { Measured, MeasuredObjective } from "../../lib/measures/measure.ts";
import { MEASURE_NAMES, type MeasureName, MEASURES } from "../../lib/measures/measures.ts";
import { Interrupted, metered, unitsOf } from "../../lib/measures/meter.ts";
import type { MeasureScales } from "../../lib/measures/scales.ts";
import { sharpness } from "../../lib/sharpness/metric.ts";

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

/** A point that no grid of 16 bits holds. */
const POINT = Float64Array.from({ length: SIZE }, (_, i) => 0.1 + Math.sqrt(i));

/** A measure of the quadratic at that point. */
function measured(
  name: MeasureName,
  options: Partial<MeasureScales>,
  objective = countedQuadratic().objective,
): Promise<Measured> {
  return MEASURES[name].measure({
    objective,
    hessian: objective.hessian(POINT),
    x: POINT,
    groups: GROUPS,
    options: { ...OPTIONS, ...options },
    unit: "nats",
    note: () => {},
  });
}

Deno.test("measure() says no error of one probe or pair, and that of several", async () => {
  for (const name of ["trace", "expected", "adaptive-average"] as const) {
    const draw = name === "trace" ? "probe" : "pair";
    const one = await measured(name, { probes: 1, pairs: 1 });
    assert.doesNotMatch(one.value, /±|NaN/);
    assert.deepEqual(one.error, { unknown: `one ${draw}` });
    assert.ok(!("standardError" in one));
    const three = await measured(name, { probes: 3, pairs: 3 });
    assert.match(three.value, / ± [\d.e-]+/);
    const { amount, standardError } = three;
    assert.deepEqual(three.error, {
      range: [amount, amount],
      sampling: { standardError, degreesOfFreedom: 2 },
    });
  }
});

Deno.test("measure() says what is known where a number is not", async () => {
  const { objective } = countedQuadratic();
  const lossBy = (loss: (x: Float64Array) => number): MeasuredObjective => ({
    ...objective,
    performance: (x) => Promise.resolve({ loss: loss(x), accuracy: 1 }),
  });
  const around = lossBy((x) => x.reduce((sum, xi, i) => sum + Math.abs(xi - POINT[i]!), 0));
  const bits = await measured("bits", { rise: 1e-9 }, around);
  assert.equal(bits.value, "more than 16 bits");
  assert.match(bits.how, /^rise \S+ at 16 bits, most-bits-insufficient; 2 evaluations$/);
  const enough = await measured("bits", {}, around);
  assert.match(enough.how, /^rise \S+ there, \S+ MB in all, [a-z-]+; \d+ evaluations$/);

  const hows = await Promise.all(
    [1, 2, 3].map(async (lanczosSteps) => (await measured("eigenvalues", { lanczosSteps })).how),
  );
  assert.match(hows[0]!, /^residual [\d.]+; 1 products, steps$/);
  assert.match(hows[1]!, /^residual [\d.]+; then [\d.]+; least [\d.]+; 2 products, steps$/);
  assert.match(hows[2]!, /^residual \S+; then [\d.]+, [\d.]+; least [\d.]+; 3 products, steps$/);

  const hessian = { dimension: SIZE, apply: (v: Float64Array) => Promise.resolve(v.fill(NaN)) };
  const endless = { ...objective, hessian: () => hessian };
  const top = await measured("eigenvalues", {}, endless);
  assert.deepEqual([top.value, top.how], ["not found", "1 products, not-finite"]);

  const cliff = lossBy((x) => x.some((xi, i) => xi > POINT[i]!) ? Infinity : 1);
  const share = await measured("directions", {}, cliff);
  assert.equal(share.value, "not known");
  assert.match(share.how, /^f is not finite along one of 100 drawn coordinates; /);
});

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
  const sample = {
    dimension,
    evaluate,
    share: 0.25,
    mislabelled: { dimension, evaluate },
    loss: async (x: Float64Array) => (await evaluate(x)).value,
  };
  const sampled = { ...objective, samples: [sample] };
  const meter = metered(sampled, new AbortController().signal, () => {});
  const x = new Float64Array(SIZE).fill(0.1);
  const [own] = meter.objective.samples;
  assert.deepEqual(await own!.evaluate(x), await evaluate(x));
  assert.deepEqual(await own!.mislabelled!.evaluate(x), await evaluate(x));
  assert.equal(own!.share, 0.25);
  assert.equal(meter.units, unitsOf({ gradients: 0.5 }));
  assert.equal(await own!.loss!(x), (await evaluate(x)).value);
  assert.equal(meter.units, unitsOf({ gradients: 0.5, losses: 0.25 }));
});

/** The quadratic with two samples, which lean to opposite sides. */
function sampledQuadratic(height: number): MeasuredObjective {
  const { objective } = countedQuadratic();
  const { dimension, evaluate } = objective;
  const leaning = async (x: Float64Array, slope: number) => {
    const { value, gradient } = await evaluate(x);
    return {
      value: x.reduce((sum, xi) => sum + slope * xi, value),
      gradient: gradient.map((g) => g + slope),
    };
  };
  const samples = [height, -height].map((slope) => ({
    dimension,
    share: 1 / 16,
    evaluate: (x: Float64Array) => leaning(x, slope),
  }));
  return { ...objective, samples };
}

Deno.test("sharpness says what its search cost, and how far the next best start led", async () => {
  const x = new Float64Array(SIZE).fill(1e-4);
  const how = async (objective: MeasuredObjective, protocol: "converged" | "power") => {
    const options = { ...OPTIONS, protocol };
    const input = { objective, hessian: objective.hessian(x), x, groups: GROUPS, options };
    return (await MEASURES.sharpness.measure({ ...input, unit: "nats", note: () => {} })).how;
  };
  const { objective } = countedQuadratic();
  assert.match(await how(objective, "converged"), /; \d+ evaluations$/);
  const sampled = sampledQuadratic(100);
  // The samples lead to opposite vertices, of which f has one higher than the other.
  for (const protocol of ["power", "converged"] as const) {
    assert.match(
      await how(sampled, protocol),
      /; \d+ evaluations, the search's included; the next best start led [\d.]+ % less far$/,
    );
  }
});

Deno.test("metered() ends a search on samples at the next call after Ctrl-C", async () => {
  const control = new AbortController();
  let told = 0;
  const meter = metered(sampledQuadratic(1), control.signal, () => {
    if (++told === 7) control.abort();
  });
  const x = new Float64Array(SIZE).fill(1e-4);
  await assert.rejects(
    () => sharpness(meter.objective, x, { epsilon: 1e-3, protocol: "power" }),
    Interrupted,
  );
  assert.equal(told, 7);
});

import assert from "node:assert/strict";
import type { AmountError } from "../../lib/measures/amount_error.ts";
import type { Measured, MeasuredObjective } from "../../lib/measures/measure.ts";
import { MEASURE_NAMES, type MeasureName, MEASURES } from "../../lib/measures/measures.ts";
import { measureOptions } from "../../lib/own_model/options.ts";
import { comparisonLines, comparisonOf, verdictOf } from "../../lib/own_model/comparison.ts";
import { kebabCase } from "../../lib/pipeline/verbs/flags.ts";
import { stream } from "../../lib/random/stream.ts";

const SIZE = 150;
const NAMES = ["a.onnx", "b.onnx"] as const;

/** A bowl with a curvature for each coordinate, and one direction across them all. */
interface Bowl {
  readonly curvatures: Float64Array;
  readonly across: Float64Array;
  readonly minimiser: Float64Array;
}

function bowl(factor = 1): Bowl {
  const random = stream(3, "bowl");
  const across = new Float64Array(SIZE);
  const minimiser = new Float64Array(SIZE);
  random.fillNormal(across, 0);
  random.fillNormal(minimiser, SIZE);
  return {
    curvatures: Float64Array.from({ length: SIZE }, (_, i) => factor * 20 * 0.9 ** i),
    across: across.map((entry) => Math.sqrt(factor * 10 / SIZE) * entry),
    minimiser,
  };
}

/** The same function, with its coordinates in another order within each of two tensors. */
function permuted({ curvatures, across, minimiser }: Bowl): Bowl {
  const half = SIZE / 2;
  const order = stream(4, "order").permutation(half);
  const reordered = (v: Float64Array) =>
    v.map((_, i) => v[i < half ? order[i]! : half + order[i - half]!]!);
  return {
    curvatures: reordered(curvatures),
    across: reordered(across),
    minimiser: reordered(minimiser),
  };
}

/** ½ Σ h_i z_i² + ½ (aᵀz)² with z = x − minimiser, a little above its minimum. */
function objectiveOf({ curvatures, across, minimiser }: Bowl): MeasuredObjective {
  const times = (v: Float64Array) => {
    const along = v.reduce((sum, vi, i) => sum + across[i]! * vi, 0);
    return v.map((vi, i) => curvatures[i]! * vi + along * across[i]!);
  };
  const evaluate = (x: Float64Array) => {
    const z = x.map((xi, i) => xi - minimiser[i]! + 1e-4);
    const gradient = times(z);
    const value = 0.01 + z.reduce((sum, zi, i) => sum + 0.5 * zi * gradient[i]!, 0);
    return { value, gradient };
  };
  return {
    dimension: SIZE,
    samples: [],
    evaluate: (x) => Promise.resolve(evaluate(x)),
    performance: (x) => Promise.resolve({ loss: evaluate(x).value, accuracy: 1 }),
    hessian: () => ({ dimension: SIZE, apply: (v) => Promise.resolve(times(v)) }),
  };
}

/** All measures at a bowl's minimum. */
async function measuresOf(of: Bowl, seed: number, flags: Record<string, string> = {}) {
  const objective = objectiveOf(of);
  const x = of.minimiser;
  const options = measureOptions({ seed: String(seed), ...flags }, kebabCase, ["a.onnx"]);
  const groups = ["a/weight", "b/weight"].map((name, k) => ({
    name,
    offset: k * SIZE / 2,
    length: SIZE / 2,
  }));
  const measures: Partial<Record<MeasureName, Measured>> = {};
  for (const name of MEASURE_NAMES) {
    const hessian = objective.hessian(x);
    const input = { objective, hessian, x, groups, options, unit: "nats", note: () => {} };
    measures[name] = await MEASURES[name].measure(input);
  }
  return { measures };
}

Deno.test("comparisonOf() names no winner between a function and the same with other coordinates", async () => {
  const few = { probes: "2", pairs: "2", lanczosSteps: "2", maxIterations: "2" };
  const single = { probes: "1", pairs: "1", lanczosSteps: "1", maxIterations: "1" };
  for (const seed of [0, 1, 7]) {
    for (const flags of [{}, few, single]) {
      const [first, second] = [
        await measuresOf(bowl(), seed, flags),
        await measuresOf(permuted(bowl()), seed, flags),
      ];
      const compared = comparisonOf(first, second);
      assert.equal(compared.length, MEASURE_NAMES.length);
      for (const row of compared) {
        assert.equal(row.sharper, undefined, `seed ${seed}: ${row.title} ${row.values}`);
      }
      const unsure = compared.filter(({ unknown }) => unknown !== undefined)
        .map(({ measure }) => measure);
      const drawn = ["subspace", "density", "directions"];
      const sampled = ["trace", "adaptive-average", "expected", "pac-bayes", "pac-bayes-relative"];
      const wanted = new Set(flags === single ? [...drawn, ...sampled] : drawn);
      assert.deepEqual(unsure, MEASURE_NAMES.filter((name) => wanted.has(name)));
    }
  }
});

Deno.test("comparisonOf() names the sharper of two functions by every measure that can tell", async () => {
  const first = await measuresOf(bowl(), 0);
  const second = await measuresOf(permuted(bowl(20)), 0);
  const drawn = ["subspace", "density", "directions"];
  for (const { measure, sharper, values } of comparisonOf(first, second)) {
    assert.equal(sharper, drawn.includes(measure) ? undefined : 1, `${measure} ${values}`);
  }
  for (const { measure, sharper } of comparisonOf(second, first)) {
    assert.equal(sharper, drawn.includes(measure) ? undefined : 0, measure);
  }
});

/** One row: the trace, or what else is asked for, of two amounts with their errors. */
function rowOf(a: [number, AmountError], b: [number, AmountError], name: MeasureName = "trace") {
  const of = ([amount, error]: [number, AmountError]) => ({
    measures: { [name]: { amount, error, value: `${amount}`, scale: "", how: "", record: {} } },
  });
  return comparisonOf(of(a), of(b))[0]!;
}

const exact = (amount: number): [number, AmountError] => [amount, { range: [amount, amount] }];
const mean = (
  amount: number,
  standardError: number,
  degreesOfFreedom: number,
): [number, AmountError] => [
  amount,
  { range: [amount, amount], sampling: { standardError, degreesOfFreedom } },
];

Deno.test("comparisonOf() asks of few draws a larger difference than of many", () => {
  // 2.7 standard errors: beyond twice, within Student's quantile of 16 degrees of freedom.
  assert.equal(rowOf(mean(3.2342, 0.086, 9), mean(3.6315, 0.12, 9)).sharper, undefined);
  // Of both together 4 and 18 degrees of freedom: 4.604 and 2.878 standard errors.
  const cases = [[4.5, 2, undefined], [4.7, 2, 1], [2.8, 9, undefined], [2.9, 9, 1]] as const;
  for (const [difference, degrees, sharper] of cases) {
    const row = rowOf(mean(10, 1, degrees), mean(10 + Math.SQRT2 * difference, 1, degrees));
    assert.equal(row.sharper, sharper, `${difference} ${degrees}`);
  }
});

Deno.test("comparisonOf() separates ranges that do not meet, and knows which end is sharp", () => {
  const range = (least: number, most: number): [number, AmountError] => [
    least,
    { range: [least, most] },
  ];
  assert.equal(rowOf(range(1, 1.25), range(1.2, 1.5)).sharper, undefined);
  assert.equal(rowOf(range(1, 1.25), range(1.3, 1.6)).sharper, 1);
  assert.equal(rowOf(range(1, 1.25), range(1.3, 1.6), "pac-bayes").sharper, 0);
  assert.equal(rowOf(range(1e12, Infinity), range(0.1, 0.102), "pac-bayes").sharper, 1);
  assert.equal(rowOf(range(1e12, Infinity), range(1e12, Infinity), "pac-bayes").sharper, undefined);
  // float32 gives no more digits.
  assert.equal(rowOf(exact(1), exact(1.0009)).sharper, undefined);
  assert.equal(rowOf(exact(-1), exact(-1.0009)).sharper, undefined);
});

Deno.test("verdictOf() never names a factor of 1, and gives none where it has no meaning", () => {
  for (const [larger, text] of [[1.0012, "1.001"], [1.0049, "1.005"], [1.016, "1.02"]] as const) {
    assert.equal(verdictOf(NAMES, rowOf(exact(1), exact(larger))), `b.onnx, by ${text}`);
  }
  assert.equal(verdictOf(NAMES, rowOf(exact(-1), exact(2))), "b.onnx");
  const moreBits: [number, AmountError] = [NaN, { range: [17, Infinity] }];
  assert.equal(verdictOf(NAMES, rowOf(moreBits, exact(3), "bits")), "a.onnx");
  assert.equal(verdictOf(NAMES, rowOf(moreBits, moreBits, "bits")), "no difference");
  const one: [number, AmountError] = [3, { unknown: "one probe" }];
  for (const row of [rowOf(one, exact(60)), rowOf(exact(60), one)]) {
    assert.equal(verdictOf(NAMES, row), "one probe: no error known");
    assert.match(comparisonLines(NAMES, [row]).at(-1)!, /one probe: no error known$/);
  }
});

import assert from "node:assert/strict";
import type { Objective } from "../../lib/optim/objective.ts";
import type { Sample, SampledObjective } from "../../lib/optim/sample.ts";
import { sharpnessBox } from "../../lib/sharpness/box.ts";
import { sharpness } from "../../lib/sharpness/metric.ts";
import { searchOnSamples } from "../../lib/sharpness/sample_search.ts";
import { smooth } from "./functions.ts";

const x = Float64Array.of(0, 0);
const box = { lower: Float64Array.of(-1, -1), upper: Float64Array.of(1, 1) };

/** Convex; its highest vertex has the sign of `slope` in each coordinate. */
const bowl = (scale: number, slope: readonly [number, number]): Objective =>
  smooth(
    2,
    ([a, b]) => scale * (a! ** 2 + b! ** 2) + slope[0] * a! + slope[1] * b!,
    ([a, b]) => [2 * scale * a! + slope[0], 2 * scale * b! + slope[1]],
  );

/** e^(k y₀) and its like for −y₀: two maxima of a box, of which one is far the higher. */
const twoMaxima = (low: number, high: number, slope = 0): Objective =>
  smooth(
    2,
    ([a]) => low * (Math.exp(2 * a!) - 1) + high * (Math.exp(-4 * a!) - 1) + slope * a!,
    ([a]) => [2 * low * Math.exp(2 * a!) - 4 * high * Math.exp(-4 * a!) + slope, 0],
  );

const sampleOf = (objective: Objective, mislabelled?: Objective, share = 1 / 16): Sample => ({
  ...objective,
  share,
  ...(mislabelled && { mislabelled }),
});

/** f is flat and rises along the first coordinate and the second alike: it prefers no vertex. */
const even = bowl(1, [0, 0]);

/** Where the search goes on from, on f = `loss`. */
const searched = async (samples: readonly Sample[], loss: Objective = even) => {
  const { value } = await loss.evaluate(x);
  return await searchOnSamples(loss, samples, x, value, box);
};
const endOf = async (samples: readonly Sample[], loss?: Objective) => [
  ...(await searched(samples, loss)).begun!.y,
];

Deno.test("searchOnSamples() goes on from the vertex that the other samples judge highest", async () => {
  // Each sample's own end is (1, 1), but for the last one's, at which the others are low.
  const samples = [
    sampleOf(bowl(1, [1, 0.5])),
    sampleOf(bowl(2, [1, 1])),
    sampleOf(bowl(1, [0.25, 1])),
    sampleOf(bowl(50, [-3, -3])),
  ];
  assert.deepEqual(await endOf(samples), [1, 1]);
  assert.deepEqual(await endOf(samples.toReversed()), [1, 1]);
});

Deno.test("searchOnSamples() has no end judged by its own sample", async () => {
  // By its own sample (−1, 1) rises by 106, by the others less than (1, 1) and (1, −1), which are left.
  const samples = [
    sampleOf(bowl(1, [1, 0.5])),
    sampleOf(bowl(1, [1, -0.25])),
    sampleOf(bowl(50, [-3, 3])),
  ];
  const leaning = bowl(1, [-0.1, 0]); // f itself is higher at (−1, 1) than at the two
  assert.equal((await endOf(samples, leaning))[0], 1);
});

Deno.test("searchOnSamples() lets f decide between the two best ends after a step", async () => {
  // Samples 0 and 1 lead to (1, 1), the others to (1, −1); all judge these two ends highest.
  const up = bowl(1, [1, 0.5]);
  const down = bowl(1, [1, -0.5]);
  const samples = [up, down].map((f) => sampleOf(f));
  assert.deepEqual(await endOf(samples, bowl(1, [0, 0.2])), [1, 1]);
  assert.deepEqual(await endOf(samples, bowl(1, [0, -0.2])), [1, -1]);
  // At (1, 1) this f is lower than at (1, −1), but its step from (1, 1) leads higher than any other.
  const beyond = smooth(
    2,
    ([a, b]) => 2 * b! + 2 - 10 * a! * (1 + b!) + 3 * a! ** 2,
    ([a, b]) => [-10 * (1 + b!) + 6 * a!, 2 - 10 * a!],
  );
  const at = async (y: readonly number[]) => (await beyond.evaluate(Float64Array.from(y))).value;
  assert.ok(await at([1, 1]) < await at([1, -1]));
  const { begun, summary } = await searched(samples, beyond);
  assert.deepEqual([...begun!.y], [-1, -1]);
  const risen = await at([-1, -1]) - await at([0, 0]);
  const other = await at([1, -1]) - await at([0, 0]);
  assert.ok(Math.abs(summary.apart! - (risen - other) / risen) < 1e-12, `${summary.apart}`); // rounding
});

Deno.test("searchOnSamples() has no second end behind where there is one alone", async () => {
  assert.equal((await searched([sampleOf(bowl(1, [1, 0.5]))])).summary.apart, null);
  const alike = Array.from({ length: 3 }, () => sampleOf(bowl(1, [1, 0.5])));
  assert.equal((await searched(alike)).summary.apart, 0);
});

Deno.test("searchOnSamples() leaves x along the vertex of wrong labels, where there are labels", async () => {
  // ∇f(0) > 0 leads to the lower maximum; the loss of wrong labels falls towards the higher one.
  const f = twoMaxima(0.1, 0.02);
  const wrong = bowl(0.1, [1, 0]);
  assert.deepEqual(await endOf([f, f].map((sample) => sampleOf(sample, wrong)), f), [-1, 0]);
  assert.deepEqual(await endOf([f, f].map((sample) => sampleOf(sample)), f), [1, 0]);
});

Deno.test("searchOnSamples() counts each evaluation by the share of its sample, half without ∇f", async () => {
  const calls = { f: 0, slopes: [0, 0, 0], values: [0, 0, 0] };
  const counted = ({ dimension, evaluate }: Objective, count: () => void): Objective => ({
    dimension,
    evaluate(point) {
      count();
      return evaluate(point);
    },
  });
  const shares = [1 / 4, 1 / 8, 1 / 8];
  const samples = shares.map((share, k): Sample => {
    const own = bowl(1 + k, [1, 0.5]);
    const count = () => void calls.slopes[k]!++;
    return {
      ...sampleOf(counted(own, count), counted(bowl(1, [-1, 1]), count), share),
      async loss(point) {
        calls.values[k]!++;
        return (await own.evaluate(point)).value;
      },
    };
  });
  const told: string[] = [];
  const f = counted(bowl(1, [1, 0.5]), () => calls.f++);
  const { begun, summary } = await searchOnSamples(f, samples, x, 0, box, {
    onSample: (...of) => void told.push(of.join()),
  });
  // At x, and at the two ends that a sample judges.
  assert.deepEqual(calls.values, [3, 3, 3]);
  // Both ends are f's highest vertex: neither climb has a step to go on from, and the search spent both.
  assert.equal(begun!.state, undefined);
  const ofOther = calls.f;
  assert.equal(ofOther, 2);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  assert.equal(summary.samples, 3);
  assert.equal(summary.evaluations, sum(calls.slopes) + sum(calls.values) + ofOther);
  const inAll = sum(shares.map((share, k) => share * (calls.slopes[k]! + calls.values[k]! / 2)));
  assert.ok(Math.abs(summary.inEvaluations - inAll - ofOther) < 1e-12, `${summary.inEvaluations}`); // rounding
  assert.deepEqual(told, ["1,3", "2,3", "3,3"]);
});

Deno.test("searchOnSamples() counts what it spends on f, but for the climb that is gone on with", async () => {
  // Two samples lead to (1, 1), two to (−1, 1): both are tried on f.
  const samples = [[1, 0.5], [-1, 0.5], [1, 0.5], [-1, 0.5]].map((slope) =>
    sampleOf(bowl(1, slope as [number, number]))
  );
  // By the first coordinate alone.
  const of = (value: (a: number) => number, slope: (a: number) => number): Objective =>
    smooth(2, ([a]) => value(a!), ([a]) => [slope(a!), 0]);
  const cases: [what: string, f: Objective, spent: number, gone: boolean][] = [
    // From (1, 1) and (−1, 1) down to the middle and beyond: two evaluations each, and no rise.
    ["no step rises", of((a) => -(a ** 2), (a) => -2 * a), 4, false],
    // Both move to (1, −1): two evaluations each, of which one climb goes on.
    ["both rise", smooth(2, ([a, b]) => a! - b!, () => [1, -1]), 2, true],
    // (1, 1) stays, for one evaluation; (−1, 1) moves there for two.
    ["one is f's highest vertex", of((a) => a, () => 1), 3, false],
    // NaN at (−1, 1), which is left out; (1, 1) stays.
    ["one is not finite", of((a) => a < 0 ? NaN : a, () => 1), 2, false],
  ];
  for (const [what, f, spent, gone] of cases) {
    let calls = 0;
    const counted: Objective = {
      dimension: 2,
      evaluate(point) {
        calls++;
        return f.evaluate(point);
      },
    };
    const { begun, summary } = await searchOnSamples(counted, samples, x, 0, box);
    const apart = await searchOnSamples(even, samples, x, 0, box);
    const onSamples = apart.summary.inEvaluations - 2; // on an even f each end is a fixed point
    assert.equal(begun!.state !== undefined, gone, what);
    assert.equal(calls, spent + (gone ? 2 : 0), what);
    assert.ok(Math.abs(summary.inEvaluations - onSamples - spent) < 1e-12, what); // rounding
  }
});

Deno.test("searchOnSamples() leaves out an end at which a sample, or f, is not finite", async () => {
  const broken = smooth(2, ([a]) => (a! > 0.5 ? NaN : a! ** 2 + a!), ([a]) => [2 * a! + 1, 0]);
  const left = sampleOf(bowl(1, [-1, 0.5]));
  // The end of the first sample is (1, …), where it is NaN itself, and so is f.
  assert.deepEqual(await endOf([sampleOf(broken), left, left], bowl(1, [1, 0])), [-1, 1]);
  const right = sampleOf(bowl(1, [1, 0.5]));
  assert.deepEqual(await endOf([right, left], broken), [-1, 1]);
  const nowhere = smooth(2, () => NaN, () => [NaN, NaN]);
  const lost = await searched([nowhere, nowhere].map((f) => sampleOf(f)));
  assert.deepEqual([lost.begun, lost.summary.apart], [undefined, null]);
});

/** f with two maxima, whose samples know of the higher one. */
function sampled(): SampledObjective {
  const f = twoMaxima(0.1, 0.02);
  const samples = [0.9, 1, 1.1].map((scale) =>
    sampleOf(twoMaxima(0.1 * scale, 0.02 * scale), bowl(0.1, [1, 0]))
  );
  return { ...f, samples };
}

Deno.test("sharpness() converged goes on from the samples' end, and finds the higher maximum", async () => {
  const f = sampled();
  const exact = (100 * (0.1 * (Math.exp(-2) - 1) + 0.02 * (Math.exp(4) - 1))) / 1;
  const epsilon = 1; // the box is [−1, 1]² around 0
  assert.deepEqual(sharpnessBox(x, epsilon).upper, box.upper);
  for (const protocol of ["converged", "power"] as const) {
    const found = await sharpness(f, x, { epsilon, protocol });
    assert.ok(Math.abs(found.percent - exact) < 1e-10, `${found.percent} of ${exact}`); // rounding
    assert.equal(found.restarts.at(-1)!.start, "samples");
    assert.equal(found.search!.samples, 3);
    const runs = found.restarts.reduce((sum, { evaluations }) => sum + evaluations, 1);
    assert.equal(found.evaluations, runs);
  }
  // The paper's budget climbs the lower maximum, and is kept as it is without samples.
  const { samples: _, ...plain } = f;
  const paper = await sharpness(plain, x, { epsilon, protocol: "paper" });
  assert.ok(paper.percent < 0.9 * exact, `${paper.percent}`);
  const { budget } = await sharpness(f, x, { epsilon, protocol: "converged" });
  assert.deepEqual(budget, paper.restarts[0]);
});

Deno.test("sharpness() goes on with the climb that the search has begun, and evaluates nothing twice", async () => {
  // Convex, and not separable, so that a climb takes several steps from vertex to vertex.
  const n = 8;
  const weight = (k: number, j: number) => Math.cos(3 * k + 5 * j + k * j);
  const terms = (y: Float64Array) =>
    Array.from({ length: 4 }, (_, k) => Math.exp(y.reduce((u, yj, j) => u + weight(k, j) * yj, 0)));
  const f = smooth(
    n,
    (y) => terms(y).reduce((sum, term) => sum + term, 0),
    (y) => {
      const at = terms(y);
      return Array.from(
        { length: n },
        (_, j) => at.reduce((sum, term, k) => sum + term * weight(k, j), 0),
      );
    },
  );
  const seen: string[] = [];
  const counted: Objective = {
    dimension: n,
    evaluate(y) {
      seen.push(y.join());
      return f.evaluate(y);
    },
  };
  // Sample k leads to the vertex that is positive in coordinate k alone.
  const samples = [0, 1, 2].map((k) => {
    const slope = Array.from({ length: n }, (_, i) => (i === k ? 1 : -1));
    return sampleOf(
      smooth(n, (y) => y.reduce((sum, yi, i) => sum + slope[i]! * yi, 0), () => slope),
    );
  });
  const origin = new Float64Array(n);
  const found = await sharpness({ ...counted, samples }, origin, {
    epsilon: 1,
    protocol: "power",
  });
  const [climb] = found.restarts;
  // Besides x and the climb, the step from the other end; its points and those of the climb differ.
  assert.equal(new Set(seen).size, seen.length);
  const other = seen.length - found.evaluations;
  assert.ok(other === 1 || other === 2, `${other}`);
  assert.deepEqual(climb!.curve.map(({ iteration }) => iteration), [
    ...Array(climb!.iterations + 1).keys(),
  ]);
  assert.equal(climb!.curve.at(-1)!.percent, found.percent);
  assert.ok(climb!.iterations > 1, `${climb!.iterations}`);
});

Deno.test("sharpness() converged climbs from the vertex where no sample leads anywhere", async () => {
  const nowhere = smooth(2, () => NaN, () => [NaN, NaN]);
  const f = {
    ...bowl(1, [1, -0.5]),
    samples: [nowhere, nowhere].map((sample) => sampleOf(sample)),
  };
  const found = await sharpness(f, x, { epsilon: 1, protocol: "power" });
  assert.ok(Math.abs(found.percent - 100 * 3.5) < 1e-10, `${found.percent}`); // rounding
});

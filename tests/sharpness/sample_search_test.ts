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

Deno.test("searchOnSamples() ends at the vertex of each convex sample, the one that others judge highest first", async () => {
  // Each sample's own end is (1, 1), but for the last one's, at which the others are low.
  const samples = [
    sampleOf(bowl(1, [1, 0.5])),
    sampleOf(bowl(2, [1, 1])),
    sampleOf(bowl(1, [0.25, 1])),
    sampleOf(bowl(50, [-3, -3])),
  ];
  const { ends } = await searchOnSamples(samples, x, box, { most: 4 });
  assert.deepEqual(ends.map((end) => [...end]), [[1, 1], [1, 1], [1, 1], [-1, -1]]);
  const last = samples.toReversed(); // the worst end comes first, and goes
  for (const most of [1, 3]) {
    const { ends } = await searchOnSamples(last, x, box, { most });
    assert.deepEqual(ends.map((end) => [...end]), Array(most).fill([1, 1]));
  }
});

Deno.test("searchOnSamples() has no end judged by its own sample", async () => {
  // By itself the second sample's end (−1, −1) rises by 106, by the first one 0.5.
  const samples = [sampleOf(bowl(1, [1, 0.5])), sampleOf(bowl(50, [-3, -3]))];
  const { ends } = await searchOnSamples(samples, x, box, { most: 2 });
  assert.deepEqual(ends.map((end) => [...end]), [[1, 1], [-1, -1]]);
});

Deno.test("searchOnSamples() leaves x along the vertex of wrong labels, where there are labels", async () => {
  // ∇f(0) > 0 leads to the lower maximum; the loss of wrong labels falls towards the higher one.
  const f = twoMaxima(0.1, 0.02);
  const wrong = bowl(0.1, [1, 0]);
  const highest = [f, f].map((sample) => sampleOf(sample, wrong));
  assert.deepEqual([...(await searchOnSamples(highest, x, box, { most: 2 })).ends[0]!], [-1, 0]);
  const bySlope = [f, f].map((sample) => sampleOf(sample));
  assert.deepEqual([...(await searchOnSamples(bySlope, x, box, { most: 2 })).ends[0]!], [1, 0]);
});

Deno.test("searchOnSamples() counts each evaluation by the share of its sample", async () => {
  let calls = 0;
  const counted = ({ dimension, evaluate }: Objective): Objective => ({
    dimension,
    evaluate(point) {
      calls++;
      return evaluate(point);
    },
  });
  const shares = [1 / 4, 1 / 8, 1 / 8];
  const samples = shares.map((share, k) =>
    sampleOf(counted(bowl(1 + k, [1, 0.5])), counted(bowl(1, [-1, 1])), share)
  );
  const told: string[] = [];
  const { cost } = await searchOnSamples(samples, x, box, {
    most: 2,
    onSample: (...of) => void told.push(of.join()),
  });
  assert.equal(cost.samples, 3);
  assert.equal(cost.evaluations, calls);
  // On bowls all climbs take the same number of evaluations.
  const each = calls / 3;
  assert.ok(Math.abs(cost.inEvaluations - each / 2) < 1e-12, `${cost.inEvaluations}`); // rounding
  assert.deepEqual(told, ["1,3", "2,3", "3,3"]);
});

Deno.test("searchOnSamples() leaves out an end at which a sample is not finite", async () => {
  const broken = smooth(2, ([a]) => (a! > 0.5 ? NaN : a! ** 2 + a!), ([a]) => [2 * a! + 1, 0]);
  const left = sampleOf(bowl(1, [-1, 0.5]));
  // The end of the second sample is (1, …), where the first one is NaN, and so is its own.
  const { ends } = await searchOnSamples([sampleOf(broken), left, left], x, box, { most: 3 });
  assert.deepEqual(ends.map((end) => [...end]), [[-1, 1], [-1, 1]]);
  const nowhere = smooth(2, () => NaN, () => [NaN, NaN]);
  const lost = [nowhere, nowhere].map((f) => sampleOf(f));
  assert.deepEqual((await searchOnSamples(lost, x, box, { most: 2 })).ends, []);
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

Deno.test("sharpness() converged climbs from the two best ends of samples, and says how far apart they end", async () => {
  // Convex, with a maximum at each vertex of the square, of a height of its own.
  const vertices = { A: [1, 1], B: [1, -1], C: [-1, 1], D: [-1, -1] } as const;
  const heights = { A: 1, B: 1.5, C: 1.2, D: 0.9 } as const;
  type Name = keyof typeof vertices;
  const terms = (a: number, b: number) =>
    (Object.keys(vertices) as Name[]).map((name) => {
      const [u, v] = vertices[name];
      return { u, v, term: heights[name] * Math.exp(2 * (u * a + v * b)) };
    });
  const f = smooth(
    2,
    ([a, b]) => terms(a!, b!).reduce((sum, { term }) => sum + term, 0),
    ([a, b]) => [
      terms(a!, b!).reduce((sum, { u, term }) => sum + 2 * u * term, 0),
      terms(a!, b!).reduce((sum, { v, term }) => sum + 2 * v * term, 0),
    ],
  );
  const climbed = async (...names: Name[]) => {
    const samples = names.map((name) => {
      const [u, v] = vertices[name];
      return sampleOf(bowl(50, [3 * u, 3 * v]));
    });
    const found = await sharpness({ ...f, samples }, x, { epsilon: 1, protocol: "converged" });
    const climbs = found.restarts.filter(({ start }) => start === "samples").length;
    return { climbs, apart: found.search!.apart, percent: found.percent };
  };
  const heightOf = ([a, b]: readonly [number, number]) =>
    terms(a, b)
      .reduce((sum, { term }) => sum + term, 0);
  const atX = heightOf([0, 0]);
  const percentAt = (name: Name) => 100 * (heightOf(vertices[name]) - atX) / (1 + atX);
  const near = (found: number, wanted: number) =>
    assert.ok(Math.abs(found - wanted) < 1e-9, `${found}, ${wanted}`); // rounding of thousands

  const alike = await climbed("A", "A", "A");
  assert.deepEqual([alike.climbs, alike.apart], [2, 0]);
  // B is what most samples know, and the two best ends are there.
  const mostly = await climbed("C", "B", "B");
  assert.deepEqual([mostly.climbs, mostly.apart], [2, 0]);
  const different = await climbed("A", "B");
  assert.equal(different.climbs, 2);
  near(different.percent, percentAt("B"));
  near(different.apart!, 1 - percentAt("A") / percentAt("B"));
  const alone = await climbed("A");
  assert.deepEqual([alone.climbs, alone.apart], [1, null]);
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

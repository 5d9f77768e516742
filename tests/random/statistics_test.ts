// Every bound is exceeded by about one seed in a thousand; the seeds are fixed.
import assert from "node:assert/strict";
import { stream } from "../../lib/random/stream.ts";

const COUNT = 200_000;
/** Two-sided quantile of N(0, 1) at 0.001. */
const SIGMAS = 3.3;

function mean(of: ArrayLike<number>, f: (x: number) => number = (x) => x): number {
  let sum = 0;
  for (let i = 0; i < of.length; i++) sum += f(of[i]!);
  return sum / of.length;
}

function draw(kind: "fillUniform" | "fillNormal", ...name: string[]): Float64Array {
  const numbers = new Float64Array(COUNT);
  stream(7, "statistics", ...name)[kind](numbers, 0);
  return numbers;
}

/** √n sup |F_n − F|, after Kolmogorov. */
function kolmogorov(numbers: Float64Array, distribution: (x: number) => number): number {
  const sorted = numbers.toSorted();
  let largest = 0;
  sorted.forEach((x, i) => {
    const f = distribution(x);
    largest = Math.max(largest, f - i / sorted.length, (i + 1) / sorted.length - f);
  });
  return largest * Math.sqrt(sorted.length);
}

/** Φ with an error below 1e-7 (Abramowitz and Stegun 7.1.26), far below 1/√n. */
function normalDistribution(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x) / Math.SQRT2);
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 +
            t * (-1.453152027 + t * 1.061405429)))) *
    Math.exp(-x * x / 2) / 2;
  return x < 0 ? tail : 1 - tail;
}

/** Kolmogorov's quantile at 0.001: 2 exp(−2 · 1.95²) = 0.001. */
const KOLMOGOROV = 1.95;

Deno.test("uniforms are U(0, 1): moments and Kolmogorov's test", () => {
  const uniforms = draw("fillUniform", "uniform");
  // Var U = 1/12; Var (U − ½)² = 1/180.
  assert.ok(Math.abs(mean(uniforms) - 0.5) < SIGMAS * Math.sqrt(1 / 12 / COUNT));
  const spread = mean(uniforms, (u) => (u - 0.5) ** 2);
  assert.ok(Math.abs(spread - 1 / 12) < SIGMAS * Math.sqrt(1 / 180 / COUNT));
  assert.ok(kolmogorov(uniforms, (u) => u) < KOLMOGOROV);
});

/** The two ways to draw normals: each passes all tests of normals. */
const NORMALS: readonly (readonly [string, (...name: string[]) => Float64Array])[] = [
  ["normals", (...name) => draw("fillNormal", ...name)],
  ["normals of single precision", (...name) => {
    const numbers = new Float32Array(COUNT);
    stream(7, "statistics", ...name).fillSingleNormal(numbers, 0);
    return Float64Array.from(numbers);
  }],
];

for (const [kind, drawNormals] of NORMALS) {
  Deno.test(`${kind} are N(0, 1): four moments and Kolmogorov's test`, () => {
    const normals = drawNormals("normal");
    // E z^k is 0, 1, 0, 3; Var z^k = E z^2k − (E z^k)² is 1, 2, 15, 96.
    for (const [k, moment, variance] of [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96]] as const) {
      const got = mean(normals, (z) => z ** k);
      assert.ok(Math.abs(got - moment) < SIGMAS * Math.sqrt(variance / COUNT), `E z^${k} = ${got}`);
    }
    assert.ok(kolmogorov(normals, normalDistribution) < KOLMOGOROV);
    // The share beyond 4 is 6.33e-5: 12.7 of 200 000, and a Poisson count is rarely above 27.
    const beyond = normals.filter((z) => Math.abs(z) > 4).length;
    assert.ok(beyond >= 2 && beyond <= 27, `${beyond} beyond 4`);
  });

  Deno.test(`${kind}: neighbours, pairs and streams of other names are uncorrelated`, () => {
    const a = drawNormals("a");
    const correlation = (x: Float64Array, y: Float64Array) => mean(x.map((xi, i) => xi * y[i]!));
    const bound = SIGMAS / Math.sqrt(COUNT / 2);
    const even = a.filter((_, i) => i % 2 === 0);
    const odd = a.filter((_, i) => i % 2 === 1);
    assert.ok(Math.abs(correlation(even, odd)) < bound, "the two of a pair");
    // Box and Muller's pair has a common radius: independent all the same, so its squares are too.
    const squared = (x: Float64Array) => x.map((z) => (z * z - 1) / Math.SQRT2);
    assert.ok(Math.abs(correlation(squared(even), squared(odd))) < bound, "their squares");
    assert.ok(Math.abs(correlation(odd.slice(0, -1), even.slice(1))) < bound, "across pairs");
    for (const other of ["b", "aa"]) {
      assert.ok(Math.abs(correlation(a, drawNormals(other))) < bound, other);
    }
  });
}

Deno.test("normals of the next seed are uncorrelated", () => {
  const [a, next] = [draw("fillNormal", "a"), new Float64Array(COUNT)];
  stream(8, "statistics", "a").fillNormal(next, 0);
  assert.ok(Math.abs(mean(a.map((ai, i) => ai * next[i]!))) < SIGMAS / Math.sqrt(COUNT / 2));
});

Deno.test("below() favours no remainder", () => {
  // Without rejection the remainders below 2³⁰ would have half of the numbers, not a third.
  const bound = 3 * 2 ** 30;
  const draws = stream(7, "below");
  let lower = 0;
  for (let i = 0; i < 30_000; i++) if (draws.below(bound) < 2 ** 30) lower++;
  assert.ok(Math.abs(lower / 30_000 - 1 / 3) < SIGMAS * Math.sqrt(2 / 9 / 30_000));
});

Deno.test("permutation() gives every order equally often", () => {
  const draws = stream(7, "permutation");
  const counts = new Map<string, number>();
  const trials = 24_000;
  for (let i = 0; i < trials; i++) {
    const order = draws.permutation(4).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  const expected = trials / 24;
  const chiSquared = [...counts.values()].reduce((s, c) => s + (c - expected) ** 2 / expected, 0);
  assert.ok(chiSquared < 49.7, `χ² = ${chiSquared}`); // quantile at 0.001 for 23 degrees of freedom
  assert.deepEqual(
    draws.permutation(1000).toSorted(),
    Uint32Array.from({ length: 1000 }, (_, i) => i),
  );
});

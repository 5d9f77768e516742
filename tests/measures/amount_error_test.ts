import assert from "node:assert/strict";
import { lanczos } from "../../lib/curvature/lanczos.ts";
import {
  type AmountError,
  errorOfBits,
  errorOfLargest,
  errorOfLargestEigenvalue,
  errorOfMaximum,
  errorOfMean,
  errorOfSigma,
  type KnownError,
} from "../../lib/measures/amount_error.ts";
import { bitsNeeded } from "../../lib/sharpness/bits_needed.ts";
import { pacBayesSigma } from "../../lib/sharpness/pac_bayes_sigma.ts";
import { assertClose } from "../support/assert_close.ts";

const isKnown = (error: AmountError): error is KnownError => !("unknown" in error);

/** ‖x‖² raised to a power. */
const bowl = (dimension: number, power = 1) => ({
  dimension,
  evaluate: (x: Float64Array) =>
    Promise.resolve({
      value: x.reduce((sum, xi) => sum + xi * xi, 0) ** power,
      gradient: x.map((xi) => 2 * xi),
    }),
});

Deno.test("errorOfMean() knows the error of a finite mean over two draws or more", () => {
  assert.deepEqual(errorOfMean(3, 0.5, 4, "probe"), {
    range: [3, 3],
    sampling: { standardError: 0.5, degreesOfFreedom: 3 },
  });
  assert.deepEqual(errorOfMean(3, NaN, 1, "probe"), { unknown: "one probe" });
  assert.deepEqual(errorOfMean(Infinity, NaN, 0, "pair"), { unknown: "f not finite" });
});

Deno.test("errorOfMaximum() reaches a quarter above what was found, and as far as f is rounded", () => {
  const [least, most] = (errorOfMaximum(8, 100, { moved: true, lossAtMinimiser: 3 }) as KnownError)
    .range;
  assert.equal(least, 8);
  assertClose([most], [10 + 100 * 4 * 2 ** -23], { relative: 1e-15 });
  const still = errorOfMaximum(0, 100, { moved: false, lossAtMinimiser: 3 });
  assert.deepEqual(still, { unknown: "no rise found" });
});

Deno.test("errorOfLargestEigenvalue() reaches the largest eigenvalue from nearly all starts", async () => {
  // A largest one that stands 15 % above a dense rest, so that few steps often miss it.
  const dimension = 400;
  const diagonal = Float64Array.from({ length: dimension }, (_, i) => i === 7 ? 1.15 : i / 400);
  const operator = {
    dimension,
    apply: (v: Float64Array) => Promise.resolve(v.map((vi, i) => diagonal[i]! * vi)),
  };
  for (const steps of [2, 4, 8, 16, 32]) {
    let missed = 0;
    let reach = NaN;
    for (let seed = 0; seed < 100; seed++) {
      const result = await lanczos(operator, { steps, seed });
      const error = errorOfLargestEigenvalue(result, dimension);
      assert.ok(isKnown(error));
      assert.equal(error.range[0], result.values.at(-1));
      if (error.range[1] < 1.15) missed++;
      reach = error.range[1] / error.range[0] - 1;
    }
    // One in a hundred by the bound, and a few more where few steps leave only a quarter.
    assert.ok(missed <= (steps < 16 ? 4 : 1), `${steps} steps: ${missed} missed`);
    // The more steps, the less may be hidden: (ln(1.648 · 20 / 0.01) / 63)² = 1.7 % after 32.
    if (steps === 32) assertClose([reach], [0.017], { relative: 0.05 });
  }
  const nothing = { values: new Float64Array(), residuals: new Float64Array() };
  assert.deepEqual(errorOfLargestEigenvalue(nothing, 5), { unknown: "product not finite" });
});

Deno.test("errorOfLargest() takes any for the largest that may be", () => {
  assert.deepEqual(errorOfLargest([{ range: [3, 4] }, { range: [2, 5] }]), { range: [3, 5] });
  const unknown = { unknown: "product not finite" };
  assert.deepEqual(errorOfLargest([{ range: [3, 4] }, unknown]), unknown);
  assert.deepEqual(errorOfLargest([]), { unknown: "nothing found" });
});

Deno.test("errorOfSigma() is the standard error that σ has over many seeds", async () => {
  const dimension = 10;
  const x = new Float64Array(dimension);
  // The steeper function is taken for a quadratic: its σ is known better than is said.
  for (const [power, excess] of [[1, 1], [2, 2]] as const) {
    const sigmas: number[] = [];
    let squares = 0;
    const seeds = 200;
    for (let seed = 0; seed < seeds; seed++) {
      const found = await pacBayesSigma(bowl(dimension, power), x, { seed, tolerance: 1e-4 });
      const error = errorOfSigma(found);
      assert.ok(isKnown(error) && error.sampling);
      assert.deepEqual(error.range, [found.sigma, found.upperSigma]);
      assert.equal(error.sampling.degreesOfFreedom, 9);
      sigmas.push(found.sigma);
      squares += error.sampling.standardError ** 2 / seeds;
    }
    const average = sigmas.reduce((sum, sigma) => sum + sigma, 0) / seeds;
    const variance = sigmas.reduce((sum, sigma) => sum + (sigma - average) ** 2, 0) / (seeds - 1);
    // A deviation of 200 values is known to 1/√400 = 5 %, that of skewed ones to less; thrice that.
    assertClose([Math.sqrt(squares / variance)], [excess], { relative: 0.15 });
  }
});

Deno.test("errorOfSigma() says what is known where σ has no bracket or one pair", async () => {
  const x = new Float64Array(3);
  const one = await pacBayesSigma(bowl(3), x, { pairs: 1 });
  assert.deepEqual(errorOfSigma(one), { unknown: "one pair" });
  const flat = await pacBayesSigma(bowl(3, 0), x);
  assert.deepEqual(errorOfSigma(flat), { range: [1e12, Infinity] });
  const edge = {
    dimension: 3,
    evaluate: (y: Float64Array) =>
      Promise.resolve({ value: y.some((yi) => yi !== 0) ? 1 : 0, gradient: y }),
  };
  const [least, most] = (errorOfSigma(await pacBayesSigma(edge, x)) as KnownError).range;
  assert.ok(least === 0 && most > 0 && most <= 1e-12);
  // A single pair over the step is more than is allowed, none is nothing.
  const step = {
    dimension: 3,
    evaluate: (y: Float64Array) =>
      Promise.resolve({ value: y.some((yi) => Math.abs(yi) > 1) ? 1 : 0, gradient: y }),
  };
  assert.deepEqual(errorOfSigma(await pacBayesSigma(step, x, { allowedRise: 0.01 })), {
    unknown: "rise not steady",
  });
});

Deno.test("errorOfBits() is none, but where rounding decides", async () => {
  const x = Float64Array.of(0, Math.SQRT1_2, 1);
  const f = {
    dimension: 3,
    evaluate: (y: Float64Array) =>
      Promise.resolve({ value: Math.abs(y[1]! - Math.SQRT1_2), gradient: y }),
  };
  // Levels 0 and 1: the rise of one bit is 0.293; two bits have a level at ⅔, 0.04 away.
  const of = async (allowedRise: number) => errorOfBits(await bitsNeeded(f, x, { allowedRise }));
  assert.deepEqual(await of(0.5), { range: [1, 1] });
  assert.deepEqual(await of(0.2), { range: [2, 2] });
  assert.deepEqual(await of(1 - Math.SQRT1_2 + 1e-8), { unknown: "rise at its limit" });
  assert.deepEqual(await of(1 - Math.SQRT1_2 - 1e-8), { unknown: "rise at its limit" });
  assert.deepEqual(await of(1e-7), { range: [17, Infinity] });
});

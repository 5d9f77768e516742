import assert from "node:assert/strict";
import { expectedSharpness } from "../../lib/sharpness/expected_sharpness.ts";
import { pacBayesSigma } from "../../lib/sharpness/pac_bayes_sigma.ts";
import { assertClose } from "../support/assert_close.ts";
import { counted, diagonal, quadratic, smooth } from "./functions.ts";

const X = Float64Array.of(1, -2, 0.5, 0);
const BOWL = quadratic({ hessian: diagonal(4, 1, 2, 3), slope: [1, 1, -1, 2], x: X });

Deno.test("pacBayesSigma() of a quadratic scales the rise at one σ", async () => {
  // With the same u the rise is c σ² exactly, so c from a single measurement gives σ.
  const pairs = 5;
  const { rise: c } = await expectedSharpness(BOWL, X, { sigma: 1, pairs, seed: 3 });
  const exact = Math.sqrt(0.1 / c);
  for (const firstSigma of [1e-9, 0.01, 1e6]) {
    const measured = await pacBayesSigma(BOWL, X, { pairs, seed: 3, firstSigma, tolerance: 1e-3 });
    assert.equal(measured.stopReason, "bracketed");
    assert.ok(measured.sigma <= exact * (1 + 1e-12) && exact < measured.upperSigma);
    assert.ok(measured.upperSigma / measured.sigma <= 1.001);
    assertClose([measured.rise], [c * measured.sigma ** 2], { relative: 1e-9 });
  }
});

Deno.test("pacBayesSigma() agrees with expectedSharpness() at its σ", async () => {
  for (const noise of ["absolute", "relative"] as const) {
    const { sigma, rise, standardError } = await pacBayesSigma(BOWL, X, { noise });
    const measured = await expectedSharpness(BOWL, X, { sigma, noise });
    assert.deepEqual([measured.rise, measured.standardError], [rise, standardError]);
    assert.ok(rise <= 0.1 && rise > 0.1 / 1.02 ** 2 * (1 - 1e-9));
  }
});

Deno.test("pacBayesSigma() grows with the allowed rise and falls with the curvature", async () => {
  let last = 0;
  for (const allowedRise of [1e-3, 1e-2, 0.1, 1]) {
    const { sigma } = await pacBayesSigma(BOWL, X, { allowedRise });
    assert.ok(sigma > last);
    last = sigma;
  }
  const steeper = quadratic({ hessian: diagonal(400, 100, 200, 300), x: X });
  const { sigma } = await pacBayesSigma(steeper, X);
  assertClose([sigma], [(await pacBayesSigma(BOWL, X)).sigma / 10], { relative: 0.04 }); // tolerance
});

Deno.test("pacBayesSigma() with relative noise is invariant under rescaling", async () => {
  const product = smooth(2, ([v, w]) => 0.5 * (v! * w! - 1) ** 2, () => [0, 0]);
  const measure = (alpha: number) =>
    pacBayesSigma(product, Float64Array.of(alpha, 1 / alpha), { noise: "relative" });
  assert.deepEqual(await measure(1024), await measure(1));
});

Deno.test("pacBayesSigma() counts evaluations and names why it stopped", async () => {
  const objective = counted(BOWL);
  const seen: number[] = [];
  const measured = await pacBayesSigma(objective, X, {
    pairs: 2,
    onProbe: ({ sigma }) => seen.push(sigma),
  });
  assert.equal(measured.evaluations, objective.evaluations);
  assert.equal(measured.evaluations, 1 + 4 * measured.probes.length);
  assert.deepEqual(seen, measured.probes.map(({ sigma }) => sigma));

  // Until the ends are known by factors of 4, then halfway between the ends in ln σ.
  const first = 0.8 * measured.sigma;
  const { probes } = await pacBayesSigma(BOWL, X, { pairs: 2, firstSigma: first });
  assertClose(probes.slice(0, 3).map(({ sigma }) => sigma), [first, 4 * first, 2 * first]);

  const spent = await pacBayesSigma(BOWL, X, { maxProbes: 3 });
  assert.deepEqual([spent.stopReason, spent.probes.length], ["max-probes", 3]);

  const flat = await pacBayesSigma(quadratic({ hessian: diagonal(0, 0, 0, 0), x: X }), X);
  assert.deepEqual([flat.stopReason, flat.upperSigma], ["never-rises", Infinity]);

  const spike = smooth(4, (x) => x.every((xi, i) => xi === X[i]) ? 0 : 1, () => [0, 0, 0, 0]);
  const sharp = await pacBayesSigma(spike, X);
  assert.deepEqual([sharp.stopReason, sharp.sigma, sharp.rise], ["always-rises", 0, 0]);
});

Deno.test("pacBayesSigma() takes an infinite loss for a rise", async () => {
  const wall = counted(smooth(1, ([v]) => Math.abs(v!) < 1e-3 ? 0 : NaN, () => [0]));
  const measured = await pacBayesSigma(wall, Float64Array.of(0), { pairs: 20 });
  assert.equal(measured.evaluations, wall.evaluations);
  assert.equal(measured.stopReason, "bracketed");
  // The longest of twenty |u| is between 1 and 4: σ|u| < 1e-3.
  assert.ok(measured.sigma > 2e-4 && measured.sigma < 1e-3, `${measured.sigma}`);
});

Deno.test("pacBayesSigma() refuses what it cannot measure", async () => {
  for (const name of ["allowedRise", "firstSigma", "tolerance", "pairs", "maxProbes"]) {
    await assert.rejects(pacBayesSigma(BOWL, X, { [name]: 0 }), new RegExp(`with ${name} = 0`));
  }
});

import assert from "node:assert/strict";
import { stream } from "../../lib/random/stream.ts";
import { expectedSharpness } from "../../lib/sharpness/expected_sharpness.ts";
import { assertClose } from "../support/assert_close.ts";
import { counted, diagonal, quadratic, smooth } from "./functions.ts";

const X = Float64Array.of(1, -2, 0.5, 0);
const HESSIAN = diagonal(4, 1, 2, 3);

Deno.test("expectedSharpness() of a quadratic is the mean of ½σ²uᵀHu over its own u", async () => {
  // The linear term, however large, cancels in each pair.
  const f = quadratic({ hessian: HESSIAN, slope: [5, -7, 1, 2], x: X, offset: 0.5 });
  const [sigma, pairs, seed] = [0.3, 7, 5];
  for (const noise of ["absolute", "relative"] as const) {
    const measured = await expectedSharpness(f, X, { sigma, pairs, seed, noise });
    const forms = Array.from({ length: pairs }, (_, k) => {
      const u = new Float64Array(4);
      stream(seed, "perturbation", k).fillNormal(u, 0);
      const t = noise === "relative" ? X : [1, 1, 1, 1];
      return 0.5 * sigma ** 2 * u.reduce((s, ui, i) => s + HESSIAN[5 * i]! * (t[i]! * ui) ** 2, 0);
    });
    const mean = forms.reduce((a, b) => a + b) / pairs;
    const variance = forms.reduce((s, form) => s + (form - mean) ** 2, 0) / (pairs - 1);
    assertClose([measured.rise], [mean], { relative: 1e-12 });
    assertClose([measured.standardError], [Math.sqrt(variance / pairs)], { relative: 1e-10 });
    assertClose([measured.percent], [100 * mean / 1.5], { relative: 1e-12 });
    assert.equal(measured.stopReason, "all-pairs");
    assert.equal(measured.pairs, pairs);
  }
});

Deno.test("expectedSharpness() is ½σ² tr(THT) within three standard errors", async () => {
  const f = quadratic({ hessian: HESSIAN, x: X });
  const traces = { absolute: 10, relative: 4 + 4 + 0.5 };
  for (const noise of ["absolute", "relative"] as const) {
    const { rise, standardError } = await expectedSharpness(f, X, {
      sigma: 0.1,
      pairs: 500,
      noise,
    });
    assert.ok(standardError > 0 && standardError < 0.05 * rise);
    assert.ok(Math.abs(rise - 0.005 * traces[noise]) < 3 * standardError, `${rise}`);
  }
});

Deno.test("expectedSharpness() with relative noise is invariant under rescaling", async () => {
  const product = smooth(2, ([v, w]) => 0.5 * (v! * w! - 1) ** 2, () => [0, 0]);
  const measure = (alpha: number, noise: "relative" | "absolute") =>
    expectedSharpness(product, Float64Array.of(alpha, 1 / alpha), { sigma: 0.1, noise });
  // A power of two is exact: not a digit may differ.
  assert.deepEqual(await measure(1024, "relative"), await measure(1, "relative"));
  assert.ok((await measure(1024, "absolute")).rise > 1e4 * (await measure(1, "absolute")).rise);
});

Deno.test("expectedSharpness() counts its evaluations, and asks for no gradient it can avoid", async () => {
  const objective = counted(quadratic({ hessian: HESSIAN, x: X }));
  const measured = await expectedSharpness(objective, X, { sigma: 1, pairs: 3 });
  assert.equal(objective.evaluations, 7);
  assert.equal(measured.evaluations, 7);
  let forward = 0;
  const known = {
    ...objective,
    evaluate: () => assert.fail("asked for a gradient"),
    async performance(x: Float64Array) {
      forward++;
      return { loss: (await objective.evaluate(x)).value };
    },
  };
  assert.deepEqual(await expectedSharpness(known, X, { sigma: 1, pairs: 3 }), measured);
  assert.equal(forward, 7);
});

Deno.test("expectedSharpness() follows its seed", async () => {
  const f = quadratic({ hessian: HESSIAN, x: X });
  const measure = async (seed: number) =>
    (await expectedSharpness(f, X, { sigma: 1, seed, pairs: 2 })).rise;
  assert.equal(await measure(1), await measure(1));
  assert.notEqual(await measure(2), await measure(1));
});

Deno.test("expectedSharpness() is infinite where the loss is, and stops there", async () => {
  const cliff = smooth(1, ([v]) => Math.abs(v!) < 0.5 ? v! ** 2 : NaN, () => [0]);
  const measured = await expectedSharpness(cliff, Float64Array.of(0), { sigma: 1e9 });
  assert.equal(measured.rise, Infinity);
  assert.ok(Number.isNaN(measured.standardError));
  assert.equal(measured.stopReason, "value-not-finite");
  assert.deepEqual([measured.evaluations, measured.pairs], [2, 0]);
});

Deno.test("expectedSharpness() refuses what it cannot measure", async () => {
  const f = quadratic({ hessian: HESSIAN, x: X });
  await assert.rejects(expectedSharpness(f, X, { sigma: -1 }), /with sigma = -1/);
  await assert.rejects(expectedSharpness(f, X, { sigma: 1, pairs: 0 }), /with pairs = 0/);
  await assert.rejects(expectedSharpness(f, new Float64Array(2), { sigma: 1 }), TypeError);
  const nowhere = smooth(4, () => NaN, () => [0, 0, 0, 0]);
  await assert.rejects(expectedSharpness(nowhere, X, { sigma: 1 }), /where f\(x\) = NaN/);
});

import assert from "node:assert/strict";
import {
  type DiffusionPoint,
  isDue,
  logarithmicFit,
  powerFit,
} from "../../lib/training/diffusion.ts";
import { assertClose } from "../support/assert_close.ts";

const STEPS = [1, 2, 4, 8, 16, 32, 64, 100];

function pointsOf(distance: (step: number) => number): DiffusionPoint[] {
  return STEPS.map((step) => ({ step, distance: distance(step) }));
}

/** Steps that are noted of those that are looked at. */
function noted(looks: readonly number[]): number[] {
  const points: DiffusionPoint[] = [];
  for (const step of looks) if (isDue(step, points)) points.push({ step, distance: 0 });
  return points.map(({ step }) => step);
}

Deno.test("isDue() notes the powers of two", () => {
  assert.deepEqual(noted(Array.from({ length: 100 }, (_, t) => t)), [1, 2, 4, 8, 16, 32, 64]);
});

Deno.test("isDue() notes the next look after a power that was passed over", () => {
  assert.deepEqual(noted([3, 6, 9, 12, 15, 18, 21]), [3, 6, 9, 18]);
});

Deno.test("logarithmicFit() finds a + b ln t, and explains nothing of what does not follow it", () => {
  const fit = logarithmicFit(pointsOf((t) => 3 + 2 * Math.log(t)))!;
  assertClose([fit.intercept, fit.slope, fit.rSquared], [3, 2, 1], { relative: 1e-12 });
  // (−1, 2, −1) is orthogonal to 1 and to the evenly spaced logarithms.
  const bent = [1, 2, 4].map((step, k) => ({ step, distance: [0, 3, 0][k]! }));
  const flat = logarithmicFit(bent)!;
  assertClose([flat.intercept, flat.slope, flat.rSquared], [1, 0, 0], { absolute: 1e-12 });
});

Deno.test("logarithmicFit() is least squares: R² of a hand-made example", () => {
  // ln t = k ln 2; distances 0, 1, 1, 2 over k = 0 … 3: slope 0.6/ln 2, mean 1, RSS 0.2, TSS 2.
  const points = [1, 2, 4, 8].map((step, k) => ({ step, distance: [0, 1, 1, 2][k]! }));
  const fit = logarithmicFit(points)!;
  assertClose([fit.intercept, fit.slope * Math.LN2, fit.rSquared], [0.1, 0.6, 0.9], {
    relative: 1e-12,
  });
});

Deno.test("powerFit() finds c t^γ", () => {
  for (const gamma of [0.5, 0.123, 1]) {
    const fit = powerFit(pointsOf((t) => 0.7 * t ** gamma))!;
    // Golden section finds a minimum to the root of the rounding error.
    assertClose([fit.exponent, fit.scale], [gamma, 0.7], { relative: 1e-6 });
    assertClose([fit.rSquared], [1], { relative: 1e-10 });
  }
});

Deno.test("powerFit() is no worse than any other power law", () => {
  const points = pointsOf((t) => 2 + Math.log(t) + 0.3 * Math.sin(t));
  const { scale, exponent } = powerFit(points)!;
  const residual = (c: number, gamma: number) =>
    points.reduce((sum, { step, distance }) => sum + (c * step ** gamma - distance) ** 2, 0);
  const best = residual(scale, exponent);
  for (const dc of [-1e-3, 1e-3]) assert.ok(residual(scale + dc, exponent) > best);
  for (const dg of [-1e-3, 1e-3]) assert.ok(residual(scale, exponent + dg) > best);
});

Deno.test("each law explains its own distances better than the other does", () => {
  const slow = pointsOf((t) => 1 + Math.log(t));
  assert.ok(logarithmicFit(slow)!.rSquared > powerFit(slow)!.rSquared + 1e-3);
  const walk = pointsOf(Math.sqrt);
  assert.ok(powerFit(walk)!.rSquared > logarithmicFit(walk)!.rSquared + 1e-2);
});

Deno.test("a fit wants three points that differ, and leaves out a diverged distance", () => {
  for (const fit of [logarithmicFit, powerFit]) {
    assert.equal(fit(pointsOf(() => 1)), undefined);
    assert.equal(fit(pointsOf(Math.sqrt).slice(0, 2)), undefined);
    const whole = pointsOf(Math.sqrt);
    assert.deepEqual(fit([...whole, { step: 128, distance: NaN }]), fit(whole));
  }
});

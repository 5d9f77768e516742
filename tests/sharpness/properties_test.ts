import assert from "node:assert/strict";
import { sharpness } from "../../lib/sharpness/metric.ts";
import { stream } from "../../lib/random/stream.ts";
import { randomSymmetric } from "../linalg/matrices.ts";
import { assertClose } from "../support/assert_close.ts";
import { quadratic, smooth } from "./functions.ts";

const N = 12;

/** A random indefinite quadratic with a slope, at a random point. */
function randomQuadratic(seed: number) {
  const draws = stream(seed, "quadratic");
  const x = Float64Array.from({ length: N }, () => draws.normal());
  const slope = Float64Array.from({ length: N }, () => 1e-3 * draws.normal());
  const hessian = randomSymmetric(N, seed);
  return { x, slope, hessian, objective: quadratic({ hessian, slope, x }) };
}

Deno.test("sharpness() does not fall as ε grows", async () => {
  for (const seed of [1, 2, 3]) {
    const { x, objective } = randomQuadratic(seed);
    let previous = 0;
    for (const epsilon of [1e-4, 5e-4, 1e-3, 5e-3]) {
      const { percent } = await sharpness(objective, x, { epsilon, protocol: "robust" });
      assert.ok(percent > previous, `ε = ${epsilon}: ${percent} after ${previous}`);
      previous = percent;
    }
  }
});

Deno.test("sharpness() does not change when coordinates are permuted", async () => {
  const { x, slope, hessian, objective } = randomQuadratic(5);
  const order = stream(1, "order").permutation(N);
  const permuted = quadratic({
    hessian: Float64Array.from(
      { length: N * N },
      (_, k) => hessian[order[Math.floor(k / N)]! * N + order[k % N]!]!,
    ),
    slope: Float64Array.from(order, (i) => slope[i]!),
    x: Float64Array.from(order, (i) => x[i]!),
  });
  for (const protocol of ["paper", "literal"] as const) {
    const options = { epsilon: 1e-3, protocol };
    const { curve } = await sharpness(objective, x, options);
    const moved = await sharpness(permuted, Float64Array.from(order, (i) => x[i]!), options);
    // Sums in another order, amplified by some iterations. (Of other seeds' paths some part where
    // rounding decides a tie, and end in different local maxima.)
    const percents = curve.map(({ percent }) => percent);
    assertClose(moved.curve.map(({ percent }) => percent), percents, { relative: 1e-8 });
  }
});

Deno.test("sharpness() reaches the best point of a fine grid", async () => {
  const f = smooth(
    2,
    ([v, w]) => 1 + Math.sin(3 * v! + w!) + 0.5 * Math.cos(5 * v! * w!),
    ([v, w]) => [
      3 * Math.cos(3 * v! + w!) - 2.5 * w! * Math.sin(5 * v! * w!),
      Math.cos(3 * v! + w!) - 2.5 * v! * Math.sin(5 * v! * w!),
    ],
  );
  const x = Float64Array.of(0.3, -0.8);
  const epsilon = 0.5;
  let best = -Infinity;
  for (let i = -100; i <= 100; i++) {
    for (let j = -100; j <= 100; j++) {
      const point = Float64Array.of(
        x[0]! + i / 100 * epsilon * 1.3,
        x[1]! + j / 100 * epsilon * 1.8,
      );
      best = Math.max(best, (await f.evaluate(point)).value);
    }
  }
  const { largestLoss } = await sharpness(f, x, { epsilon, protocol: "robust", restarts: 4 });
  // The grid's best is a lower bound, at most ½ λ_max |h|² ≈ 30 · 1e-4 below the maximum.
  assert.ok(largestLoss >= best && largestLoss - best < 3e-3, `${largestLoss} and ${best}`);
});

Deno.test("sharpness() in the full space is that with the unit vectors as a basis", async () => {
  const { x, objective } = randomQuadratic(5);
  const basis = Array.from({ length: N }, (_, j) => {
    const unit = new Float64Array(N);
    unit[j] = 1;
    return unit;
  });
  const full = await sharpness(objective, x, { epsilon: 1e-3, start: "vertex" });
  const spanned = await sharpness(objective, x, {
    epsilon: 1e-3,
    start: "vertex",
    subspace: { basis },
  });
  assert.deepEqual(spanned.curve, full.curve);
});

import assert from "node:assert/strict";
import { makeBuckets } from "../../lib/optim/breakpoint_buckets.ts";
import { cauchyPoint } from "../../lib/optim/cauchy_point.ts";
import { clipIntoBox } from "../../lib/optim/box.ts";
import type { LimitedMemoryMatrix } from "../../lib/optim/limited_memory_matrix.ts";
import type { Box } from "../../lib/optim/objective.ts";
import { assertClose, relativeError } from "../support/assert_close.ts";
import { inner, multiply } from "./dense.ts";
import { densePathMinimiser } from "./dense_lbfgsb.ts";
import { multiplyModel, productsOf, randomModel } from "./model.ts";
import { randomBox, uniformFrom, vector } from "./random_problems.ts";

function compute(
  matrix: LimitedMemoryMatrix,
  x: Float64Array,
  gradient: Float64Array,
  box: Box,
) {
  const n = x.length;
  const cauchy = new Float64Array(n);
  const buckets = makeBuckets(new Float64Array(n), matrix.stride);
  const indices = new Int32Array(n);
  const known = cauchyPoint(matrix, x, gradient, box, { cauchy, buckets, indices });
  return { cauchy, ...known };
}

Deno.test("cauchyPoint() agrees with a brute-force walk on random models and boxes", () => {
  let stoppedShort = 0;
  for (let seed = 0; seed < 60; seed++) {
    const n = 4 + seed % 17;
    const { matrix, dense, uniform } = randomModel(n, 1 + seed % 6, seed % 9, seed);
    const box = randomBox(uniform, n);
    const x = clipIntoBox(vector(uniform, n, -2, 2), box);
    // Gradients over four decades: breakpoints far apart and near together.
    const gradient = Float64Array.from(
      { length: n },
      () => uniform(-1, 1) * 10 ** uniform(-2, 2),
    );
    const { cauchy, products, moving, slope } = compute(matrix, x, gradient, box);
    const wanted = densePathMinimiser((v) => multiply(dense, v), x, gradient, box);
    // Rounding of B, condition number up to 10⁴, moves the point along the path.
    assertClose(cauchy, wanted, { relative: 1e-9, absolute: 1e-9 });
    const way = cauchy.map((ci, i) => ci - x[i]!);
    assertClose(products, productsOf(matrix, way), { relative: 1e-9, absolute: 1e-9 });
    const inside = (ci: number, i: number) => box.lower[i]! < ci && ci < box.upper[i]!;
    const direction = gradient.map((g, i) => inside(cauchy[i]!, i) ? -g : 0);
    // Sums over gradients of up to a hundred, of which the coordinates at bounds are taken away.
    assertClose(moving, productsOf(matrix, direction), { relative: 1e-9, absolute: 1e-9 });
    assertClose([slope], [inner(gradient, way)], { relative: 1e-9, absolute: 1e-9 });
    if (cauchy.some((ci, i) => ci !== x[i] && ci !== box.lower[i] && ci !== box.upper[i])) {
      stoppedShort++;
    }
  }
  // The comparison must have seen paths which end inside the box, not in corners only.
  assert.ok(stoppedShort > 20, `${stoppedShort} paths ended inside`);
});

Deno.test("cauchyPoint() skips and walks whole buckets of breakpoints to the same point", () => {
  // Hundreds of breakpoints per bucket, and the minimiser among them.
  const n = 400;
  let walked = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const { matrix, uniform } = randomModel(n, 4, 6, seed);
    const x = new Float64Array(n);
    const gradient = Float64Array.from({ length: n }, () => uniform(0.9, 1.1) * (seed % 2 * 2 - 1));
    const { cauchy: free } = compute(matrix, x, gradient, unbounded(n));
    const time = Math.abs(free[0]! / gradient[0]!);
    const half = gradient.map(() => time * uniform(0.8, 1.6));
    const box = { lower: half.map((h) => -h), upper: half };
    const { cauchy } = compute(matrix, x, gradient, box);
    const wanted = densePathMinimiser((v) => multiplyModel(matrix, v), x, gradient, box);
    assert.ok(relativeError(cauchy, wanted) < 1e-10, `seed ${seed}`);
    const stopped = cauchy.filter((ci, i) => Math.abs(ci) === half[i]).length;
    if (stopped > 0 && stopped < n) walked++;
  }
  assert.ok(walked >= 4, "the minimiser must lie among the breakpoints");
});

Deno.test("cauchyPoint() without pairs is P(x − g)", () => {
  const { matrix } = randomModel(3, 2, 0, 1);
  const box = { lower: Float64Array.of(-1, -1, -Infinity), upper: Float64Array.of(1, 1, 1) };
  const x = Float64Array.of(0, 1, 1);
  const { cauchy } = compute(matrix, x, Float64Array.of(-5, -1, 3), box);
  assert.deepEqual([...cauchy], [1, 1, -2]);
});

Deno.test("cauchyPoint() leaves a point whose gradient points out of the box", () => {
  const { matrix } = randomModel(4, 2, 2, 5);
  const box = { lower: new Float64Array(4).fill(-1), upper: new Float64Array(4).fill(1) };
  const x = Float64Array.of(-1, 1, 1, -1);
  const { cauchy, products } = compute(matrix, x, Float64Array.of(2, -3, 0, 1e-9), box);
  assert.deepEqual(cauchy, x);
  assert.deepEqual([...products], [0, 0, 0, 0]);
});

Deno.test("cauchyPoint() carries all coordinates to their bounds where the box is small", () => {
  const { matrix } = randomModel(50, 3, 5, 8);
  const uniform = uniformFrom(2);
  const half = vector(uniform, 50, 1e-9, 2e-9);
  const gradient = vector(uniform, 50, -1, 1);
  const box = { lower: half.map((h) => -h), upper: half };
  const { cauchy } = compute(matrix, new Float64Array(50), gradient, box);
  assert.deepEqual(cauchy, half.map((h, i) => gradient[i]! < 0 ? h : -h));
});

function unbounded(n: number): Box {
  return {
    lower: new Float64Array(n).fill(-Infinity),
    upper: new Float64Array(n).fill(Infinity),
  };
}

import assert from "node:assert/strict";
import { clipIntoBox } from "../../lib/optim/box.ts";
import { type Iteration, minimizeInBox } from "../../lib/optim/lbfgsb.ts";
import type { Box } from "../../lib/optim/objective.ts";
import { assertClose } from "../support/assert_close.ts";
import {
  objectiveFrom,
  quadratic,
  randomBox,
  randomConvexQuadratic,
  rosenbrock,
  uniformFrom,
  vector,
} from "./random_problems.ts";

const EXACT = { gradientTolerance: 1e-10, decreaseTolerance: 0 };

function cube(n: number, half: number): Box {
  return { lower: new Float64Array(n).fill(-half), upper: new Float64Array(n).fill(half) };
}

/** max ½ yᵀHy, H = [[4, 1, 0], [1, 3, −1], [0, −1, 2]], plus gᵀy; as a minimisation. */
function convexToMaximise(g: readonly number[] = [0, 0, 0]) {
  const h = Float64Array.of(-4, -1, 0, -1, -3, 1, 0, 1, -2);
  const box = { lower: Float64Array.of(-0.1, -0.2, -0.3), upper: Float64Array.of(0.1, 0.2, 0.3) };
  return { objective: quadratic(h, Float64Array.from(g)), box };
}

/** Projected gradient steps of 1 / trace(H), thousands of them: slow and simple. */
function slowBoxQuadratic(h: Float64Array, b: Float64Array, box: Box): Float64Array {
  const n = b.length;
  let trace = 0;
  for (let i = 0; i < n; i++) trace += h[i * n + i]!;
  let x = clipIntoBox(new Float64Array(n), box);
  for (let step = 0; step < 20_000; step++) {
    const g = b.map((bi, i) => {
      let sum = -bi;
      for (let j = 0; j < n; j++) sum += h[i * n + j]! * x[j]!;
      return sum;
    });
    x = clipIntoBox(x.map((xi, i) => xi - g[i]! / trace), box);
  }
  return x;
}

Deno.test("minimizeInBox() of a separable quadratic is the clipped free minimum", async () => {
  const uniform = uniformFrom(4);
  const n = 200;
  const curvature = Float64Array.from({ length: n }, () => 10 ** uniform(-1, 1));
  const target = vector(uniform, n, -2, 2);
  const box = randomBox(uniform, n);
  const objective = objectiveFrom(n, (x, gradient) => {
    let value = 0;
    for (let i = 0; i < n; i++) {
      gradient[i] = curvature[i]! * (x[i]! - target[i]!);
      value += gradient[i]! * (x[i]! - target[i]!) / 2;
    }
    return value;
  });
  const minimum = await minimizeInBox(objective, new Float64Array(n), box, EXACT);
  assert.equal(minimum.stopReason, "gradient-small");
  // |x − x*| ≤ projected gradient / least curvature = 1e-10 / 0.1.
  assertClose(minimum.x, clipIntoBox(target, box), { relative: 0, absolute: 1e-9 });
});

Deno.test("minimizeInBox() of a convex quadratic agrees with slow projected gradients", async () => {
  for (let seed = 0; seed < 8; seed++) {
    const uniform = uniformFrom(seed);
    const n = 4 + seed;
    const { h, b } = randomConvexQuadratic(uniform, n);
    const box = randomBox(uniform, n);
    const minimum = await minimizeInBox(quadratic(h, b), vector(uniform, n, -2, 2), box, EXACT);
    const slow = slowBoxQuadratic(h, b, box);
    // |f| ≤ 30 is known to about 1e-15 · 30, so a decrease is seen while 0.05 / 2 · gap² is above:
    // gap ≈ 1e-6. The slow one has no such limit: (1 − 0.05 / 7)^20000 ≈ 1e-62.
    assertClose(minimum.x, slow, { relative: 0, absolute: 1e-6 });
    for (let i = 0; i < n; i++) {
      const g = minimum.gradient[i]!;
      if (minimum.x[i]! > box.lower[i]!) assert.ok(g < 1e-6, `seed ${seed}: g[${i}] = ${g}`);
      if (minimum.x[i]! < box.upper[i]!) assert.ok(g > -1e-6, `seed ${seed}: g[${i}] = ${g}`);
    }
  }
});

Deno.test("minimizeInBox() of large convex quadratics satisfies the conditions of KKT", async () => {
  for (let seed = 20; seed < 24; seed++) {
    const uniform = uniformFrom(seed);
    const n = 60;
    const { h, b } = randomConvexQuadratic(uniform, n);
    const box = randomBox(uniform, n);
    const { x } = await minimizeInBox(quadratic(h, b), vector(uniform, n, -2, 2), box, EXACT);
    let held = 0;
    for (let i = 0; i < n; i++) {
      const slope = h.subarray(i * n, (i + 1) * n).reduce(
        (sum, hij, j) => sum + hij * x[j]!,
        -b[i]!,
      );
      assert.ok(box.lower[i]! <= x[i]! && x[i]! <= box.upper[i]!);
      // A multiplier of the right sign on a bound, none elsewhere; f is flat to rounding below 1e-6.
      if (x[i]! > box.lower[i]!) assert.ok(slope < 1e-6, `seed ${seed}: slope ${i} = ${slope}`);
      if (x[i]! < box.upper[i]!) assert.ok(slope > -1e-6, `seed ${seed}: slope ${i} = ${slope}`);
      if (Math.abs(slope) > 1e-3) held++;
    }
    assert.ok(held > n / 5, `${held} of ${n} bounds hold with a multiplier`);
  }
});

Deno.test("minimizeInBox() of a concave function lands in a vertex which satisfies KKT", async () => {
  const { objective, box } = convexToMaximise();
  const start = Float64Array.of(1e-3, 1e-3, 1e-3);
  const minimum = await minimizeInBox(objective, start, box);
  assertClose([minimum.value], [-0.25]);
  const sign = Math.sign(minimum.x[0]!);
  assert.deepEqual([...minimum.x], [0.1 * sign, 0.2 * sign, -0.3 * sign]);
  assert.deepEqual([minimum.activeShare, minimum.projectedGradientNorm], [1, 0]);
});

Deno.test("minimizeInBox() leaves a stationary start only if the gradient exceeds its tolerance", async () => {
  const origin = new Float64Array(3);
  for (const [slope, moves] of [[0, false], [9e-6, false], [1e-4, true]] as const) {
    const { objective, box } = convexToMaximise([slope, 0, 0]);
    const minimum = await minimizeInBox(objective, origin, box);
    assert.equal(minimum.stopReason, "gradient-small");
    assert.equal(minimum.iterations > 0, moves);
    // ½ yᵀHy + gᵀy in the vertex (0.1, 0.2, −0.3): 0.25 + 0.1 · 1e-4.
    assertClose([minimum.value], [moves ? -0.25001 : 0]);
  }
});

Deno.test("minimizeInBox() starts from a vertex of the box and frees its coordinates", async () => {
  const n = 40;
  const uniform = uniformFrom(9);
  const { h, b } = randomConvexQuadratic(uniform, n);
  const box = cube(n, 0.7);
  const corner = b.map((bi) => -0.7 * Math.sign(bi));
  const fromCorner = await minimizeInBox(quadratic(h, b), corner, box, EXACT);
  const fromOrigin = await minimizeInBox(quadratic(h, b), new Float64Array(n), box, EXACT);
  assert.ok(fromCorner.activeShare < 1);
  assertClose(fromCorner.x, fromOrigin.x, { relative: 0, absolute: 1e-7 });
});

Deno.test("minimizeInBox() holds fixed variables and clips an infeasible start", async () => {
  const box = { lower: Float64Array.of(0.25, -2), upper: Float64Array.of(0.25, 2) };
  const start = Float64Array.of(100, -Infinity);
  const minimum = await minimizeInBox(objectiveFrom(2, rosenbrock), start, box, EXACT);
  // With x₁ = ¼, f = 100 (x₂ − 1/16)² + 9/16.
  assert.equal(minimum.x[0], 0.25);
  assertClose([minimum.x[1]!, minimum.value], [0.0625, 0.5625], { relative: 1e-9 });
  assert.deepEqual([...start], [100, -Infinity]);

  const point = { lower: Float64Array.of(3, 4), upper: Float64Array.of(3, 4) };
  const pinned = await minimizeInBox(objectiveFrom(2, rosenbrock), start, point);
  assert.deepEqual([pinned.iterations, pinned.stopReason], [0, "gradient-small"]);
});

Deno.test("minimizeInBox() survives NaN and Infinity on its way", async () => {
  // f = x − log x, undefined for x ≤ 0; from 20 the first full steps are far on the wrong side.
  for (const wrong of [NaN, Infinity, -Infinity]) {
    const barrier = objectiveFrom(2, (x, gradient) => {
      if (x.some((xi) => xi <= 0)) return wrong;
      x.forEach((xi, i) => gradient[i] = (i + 1) * (1 - 1 / xi));
      return x.reduce((sum, xi, i) => sum + (i + 1) * (xi - Math.log(xi)), 0);
    });
    const minimum = await minimizeInBox(barrier, Float64Array.of(20, 0.01), cube(2, 100), EXACT);
    assertClose(minimum.x, [1, 1], { relative: 1e-8 });
  }
  const wrongGradient = objectiveFrom(1, ([x], gradient) => {
    gradient[0] = x! < -0.5 ? NaN : 2 * (x! - 1e-3);
    return (x! - 1e-3) ** 2;
  });
  const minimum = await minimizeInBox(wrongGradient, Float64Array.of(0.9), cube(1, 1), EXACT);
  assertClose(minimum.x, [1e-3], { relative: 1e-6 });
});

Deno.test("minimizeInBox() gives up where no point is finite, and says so", async () => {
  const nowhere = objectiveFrom(2, () => NaN);
  const atStart = await minimizeInBox(nowhere, new Float64Array(2), cube(2, 1));
  assert.deepEqual(
    [atStart.stopReason, atStart.iterations, atStart.evaluations],
    ["value-not-finite", 0, 1],
  );
  const onlyStart = objectiveFrom(2, (x, gradient) => {
    gradient.fill(1);
    return x[0] === 0 ? 5 : NaN;
  });
  const stuck = await minimizeInBox(onlyStart, new Float64Array(2), cube(2, 1));
  assert.deepEqual([stuck.stopReason, stuck.iterations, stuck.value], ["value-not-finite", 0, 5]);
  assert.deepEqual([...stuck.x], [0, 0]);
});

Deno.test("minimizeInBox() reports a failed line search where the gradient is wrong", async () => {
  const liar = objectiveFrom(1, ([x], gradient) => {
    gradient[0] = -1;
    return x!;
  });
  const minimum = await minimizeInBox(liar, new Float64Array(1), cube(1, 1));
  assert.deepEqual([minimum.stopReason, minimum.iterations], ["line-search-failed", 0]);
  assert.deepEqual([minimum.value, minimum.x[0]], [0, 0]);
});

Deno.test("minimizeInBox() keeps to its budget of iterations and evaluations", async () => {
  const objective = objectiveFrom(2, rosenbrock);
  const start = Float64Array.of(-1.2, 1);
  for (const maxIterations of [0, 1, 2, 10]) {
    const states: Iteration[] = [];
    const minimum = await minimizeInBox(objective, start, cube(2, 5), {
      maxIterations,
      onIteration: ({ x, ...state }) => states.push({ ...state, x: x.slice() }),
    });
    assert.deepEqual([minimum.iterations, minimum.stopReason], [maxIterations, "max-iterations"]);
    assert.deepEqual(states.map(({ iteration }) => iteration), [
      ...Array(maxIterations + 1).keys(),
    ]);
    const { x, ...last } = states.at(-1)!;
    assert.deepEqual(x, minimum.x);
    assert.deepEqual(last, {
      iteration: maxIterations,
      value: minimum.value,
      evaluations: minimum.evaluations,
      projectedGradientNorm: minimum.projectedGradientNorm,
    });
  }
  let least = Infinity;
  for (let maxEvaluations = 1; maxEvaluations < 30; maxEvaluations++) {
    const minimum = await minimizeInBox(objective, start, cube(2, 5), { maxEvaluations });
    assert.deepEqual([minimum.evaluations, minimum.stopReason], [
      maxEvaluations,
      "max-evaluations",
    ]);
    const { value, gradient } = await objective.evaluate(minimum.x);
    assert.deepEqual([minimum.value, [...minimum.gradient]], [value, [...gradient]]);
    assert.ok(value <= least, "one evaluation more must not end higher");
    least = value;
  }
});

Deno.test("minimizeInBox() follows a straight line as far as the first bound", async () => {
  // f = −(x + y) / 1000: no curvature to learn from, so searches go on while f falls.
  const slope = objectiveFrom(2, ([x, y], gradient) => {
    gradient.fill(-1e-3);
    return -1e-3 * (x! + y!);
  });
  const box = { lower: new Float64Array(2), upper: Float64Array.of(1, 10) };
  const points: number[][] = [];
  const minimum = await minimizeInBox(slope, new Float64Array(2), box, {
    ...EXACT,
    onIteration: ({ x }) => points.push([...x]),
  });
  // The first search ends at its Cauchy point, as in L-BFGS-B; the next at the bound of x.
  assertClose(points.flat(), [0, 0, 1e-3, 1e-3, 1, 1, 1, 10], { relative: 1e-12 });
  assert.deepEqual([minimum.activeShare, minimum.stopReason], [1, "gradient-small"]);
});

Deno.test("minimizeInBox() takes a memory shorter than the run, and one longer than n", async () => {
  for (const memory of [1, 3, 50]) {
    const start = Float64Array.from({ length: 10 }, (_, i) => i % 2 === 0 ? -1.2 : 1);
    const objective = objectiveFrom(10, rosenbrock);
    const minimum = await minimizeInBox(objective, start, cube(10, 2), { ...EXACT, memory });
    assert.equal(minimum.stopReason, "gradient-small");
    // The chain has a second minimum near f = 3.99 for n ≥ 4; both are right.
    assert.ok(minimum.value < 1e-12 || Math.abs(minimum.value - 3.99) < 0.01);
  }
});

Deno.test("minimizeInBox() refuses what it cannot minimise", async () => {
  const objective = objectiveFrom(2, rosenbrock);
  const start = new Float64Array(2);
  const box = cube(2, 1);
  await assert.rejects(
    minimizeInBox(objectiveFrom(0, () => 0), new Float64Array(0), cube(0, 1)),
    { name: "RangeError", message: /0 variables/ },
  );
  await assert.rejects(minimizeInBox(objective, new Float64Array(3), box), TypeError);
  await assert.rejects(minimizeInBox(objective, start, cube(3, 1)), TypeError);
  await assert.rejects(
    minimizeInBox(objective, start, { lower: box.upper, upper: box.lower }),
    { name: "RangeError", message: /coordinate 0: lower 1, upper -1/ },
  );
  await assert.rejects(minimizeInBox(objective, Float64Array.of(0, NaN), box), RangeError);
  const short = {
    dimension: 2,
    evaluate: () => Promise.resolve({ value: 0, gradient: start.slice(1) }),
  };
  await assert.rejects(minimizeInBox(short, start, box), {
    name: "TypeError",
    message: /gradient of length 1/,
  });
  const options = [
    { memory: 0 },
    { memory: Infinity },
    { maxIterations: 2.5 },
    { maxIterations: -1 },
    { maxEvaluations: 0 },
    { gradientTolerance: -1 },
    { decreaseTolerance: NaN },
  ];
  for (const option of options) {
    await assert.rejects(minimizeInBox(objective, start, box, option), {
      name: "RangeError",
      message: new RegExp(`Cannot use ${Object.keys(option)[0]}`),
    });
  }
});

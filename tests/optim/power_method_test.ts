import assert from "node:assert/strict";
import type { Objective } from "../../lib/optim/objective.ts";
import { maximizeByPower, type PowerState } from "../../lib/optim/power_method.ts";
import { stream } from "../../lib/random/stream.ts";
import { assertClose } from "../support/assert_close.ts";

/** f(y) = ½ yᵀHy + cᵀy. */
function quadratic(hessian: readonly Float64Array[], linear: Float64Array): Objective {
  return {
    dimension: linear.length,
    evaluate(y) {
      const product = hessian.map((row) => row.reduce((sum, h, j) => sum + h * y[j]!, 0));
      return Promise.resolve({
        value: product.reduce((sum, p, i) => sum + (p / 2 + linear[i]!) * y[i]!, 0),
        gradient: Float64Array.from(product, (p, i) => p + linear[i]!),
      });
    },
  };
}

/** A Gram matrix MᵀM, plus what `shift` adds to the diagonal, and a linear term. */
function randomQuadratic(n: number, seed: number, shift = 0) {
  const draws = stream(seed, "power method test");
  const numbers = new Float64Array(n * n + n);
  draws.fillNormal(numbers, 0);
  const row = (i: number) => numbers.subarray(i * n, (i + 1) * n);
  const hessian = Array.from({ length: n }, (_, i) =>
    Float64Array.from({ length: n }, (_, j) => {
      let sum = i === j ? shift : 0;
      for (let k = 0; k < n; k++) sum += row(k)[i]! * row(k)[j]!;
      return sum;
    }));
  return { hessian, linear: numbers.slice(n * n) };
}

function cube(n: number, half = 1) {
  return { lower: new Float64Array(n).fill(-half), upper: new Float64Array(n).fill(half) };
}

/** Every vertex of [−1, 1]ⁿ. */
function vertices(n: number): Float64Array[] {
  return Array.from(
    { length: 2 ** n },
    (_, bits) => Float64Array.from({ length: n }, (_, i) => (bits >> i) & 1 ? 1 : -1),
  );
}

Deno.test("maximizeByPower() ends on convex quadratics at a vertex that no first-order step improves", async () => {
  for (const n of [1, 2, 5, 12]) {
    const { hessian, linear } = randomQuadratic(n, n);
    const f = quadratic(hessian, linear);
    const fixed: Float64Array[] = [];
    let highest = -Infinity;
    for (const vertex of vertices(n)) {
      const { value, gradient } = await f.evaluate(vertex);
      highest = Math.max(highest, value);
      if (gradient.every((g, i) => g * vertex[i]! >= 0)) fixed.push(vertex);
    }
    // From every fixed point the method stays; the highest vertex is one of them.
    for (const start of fixed) {
      const { x, stopReason, evaluations, gap } = await maximizeByPower(f, start, cube(n));
      assert.deepEqual(x, start);
      assert.deepEqual([stopReason, evaluations, gap], ["fixed-point", 1, 0]);
    }
    const starts = n <= 5 ? vertices(n) : vertices(n).filter((_, k) => k % 61 === 0);
    let best = -Infinity;
    for (const start of starts) {
      const { x, value, stopReason } = await maximizeByPower(f, start, cube(n));
      assert.equal(stopReason, "fixed-point");
      assert.ok(fixed.some((vertex) => vertex.every((v, i) => v === x[i])));
      best = Math.max(best, value);
    }
    // n ≤ 5 tries every vertex, and so cannot miss the highest.
    if (n <= 5) assertClose([best], [highest], { relative: 1e-14 });
  }
});

Deno.test("maximizeByPower() rises at every step, also where f is not convex", async () => {
  for (const shift of [0, -4, -40]) {
    const { hessian, linear } = randomQuadratic(8, 3, shift);
    const values: number[] = [];
    const { value, evaluations } = await maximizeByPower(
      quadratic(hessian, linear),
      new Float64Array(8).fill(0.3),
      cube(8),
      { onIteration: (state) => values.push(state.value), maxEvaluations: 200 },
    );
    for (let k = 1; k < values.length; k++) assert.ok(values[k]! > values[k - 1]!);
    assert.equal(values.at(-1), value);
    assert.ok(evaluations <= 200);
  }
});

Deno.test("maximizeByPower() approaches a maximum inside the box, and its gap bounds the rest", async () => {
  // −½‖y − c‖² with c in the box: the maximum is 0, at c.
  const centre = Float64Array.of(0.3, -0.6, 0.1);
  const minus = [0, 1, 2].map((i) => Float64Array.from({ length: 3 }, (_, j) => i === j ? -1 : 0));
  const f = quadratic(minus, centre);
  const top = 0.5 * centre.reduce((sum, c) => sum + c * c, 0);
  const start = Float64Array.of(1, 1, 1);
  const { value, gap, x } = await maximizeByPower(f, start, cube(3), { maxEvaluations: 400 });
  // Frank–Wolfe's rate is 2LD²/(k + 2) with D² = 12: at worst 0.12 after 200 steps.
  assert.ok(top - value < 0.12 && top - value >= 0, `${top - value}`);
  assert.ok(gap >= top - value);
  assertClose(x, centre, { absolute: 0.5, relative: 0 });
});

Deno.test("maximizeByPower() follows the linear function to its vertex in one step and leaves idle coordinates", async () => {
  const f = quadratic([0, 1, 2].map(() => new Float64Array(3)), Float64Array.of(2, -3, 0));
  const box = { lower: Float64Array.of(-1, -2, -3), upper: Float64Array.of(4, 5, 6) };
  const { x, iterations, stopReason } = await maximizeByPower(f, new Float64Array(3), box);
  assert.deepEqual([...x], [4, -2, 0]);
  assert.deepEqual([iterations, stopReason], [1, "fixed-point"]);
});

Deno.test("maximizeByPower() passes over points where f or its gradient is not finite", async () => {
  // √(2 − y) is undefined beyond 2; f rises up to there.
  const f: Objective = {
    dimension: 1,
    evaluate: ([y]) => {
      const value = y! > 2 ? NaN : y!;
      return Promise.resolve({ value, gradient: Float64Array.of(y! > 2 ? NaN : 1) });
    },
  };
  const box = { lower: Float64Array.of(-10), upper: Float64Array.of(10) };
  const { value, x } = await maximizeByPower(f, Float64Array.of(0), box, { maxEvaluations: 40 });
  assert.ok(value > 1.5 && value <= 2 && x[0] === value);
  const nowhere = {
    dimension: 1,
    evaluate: () => Promise.resolve({ value: NaN, gradient: Float64Array.of(1) }),
  };
  const { stopReason, evaluations } = await maximizeByPower(nowhere, Float64Array.of(0), box);
  assert.deepEqual([stopReason, evaluations], ["value-not-finite", 1]);
});

Deno.test("maximizeByPower() says no-rise where the gradient is wrong", async () => {
  const wrong = {
    dimension: 1,
    evaluate: ([y]: Float64Array) => Promise.resolve({ value: -y!, gradient: Float64Array.of(1) }),
  };
  const { stopReason, value, x } = await maximizeByPower(wrong, Float64Array.of(0), cube(1));
  assert.deepEqual([stopReason, value, x[0]], ["no-rise", -0, 0]);
});

Deno.test("maximizeByPower() stops when the last steps gained less than the tolerance", async () => {
  // A concave top inside the box is approached ever more slowly.
  const f = quadratic([Float64Array.of(-1, 0), Float64Array.of(0, -1)], Float64Array.of(0.3, 0.1));
  const options = { riseTolerance: 0.01, window: 3, baseline: 0, maxEvaluations: 1000 };
  const { stopReason, value } = await maximizeByPower(f, new Float64Array(2), cube(2), options);
  assert.equal(stopReason, "rise-small");
  assert.ok(value > 0.9 * 0.05); // of the maximum, 0.05
  // At the top itself the slope promises nothing: one step is tried, and no shorter one.
  const top = Float64Array.of(0.3 - 1e-9, 0.1);
  const there = await maximizeByPower(f, top, cube(2), options);
  assert.deepEqual([there.stopReason, there.evaluations], ["rise-small", 2]);
  const budget = await maximizeByPower(f, new Float64Array(2), cube(2), { maxEvaluations: 3 });
  assert.deepEqual([budget.stopReason, budget.evaluations], ["max-evaluations", 3]);
});

Deno.test("maximizeByPower() goes on from a state to the same bits", async () => {
  const { hessian, linear } = randomQuadratic(8, 5, -12);
  const f = quadratic(hessian, linear);
  const start = new Float64Array(8).fill(0.1);
  const options = { maxEvaluations: 30, riseTolerance: 1e-3 };
  const states: PowerState[] = [];
  const whole = await maximizeByPower(f, start, cube(8), {
    ...options,
    async onState(state) {
      states.push(structuredClone(await state()));
    },
  });
  assert.ok(states.length > 2);
  for (const from of states) {
    assert.deepEqual(await maximizeByPower(f, start, cube(8), { ...options, from }), whole);
  }
});

Deno.test("maximizeByPower() refuses what it cannot use", async () => {
  const f = quadratic([Float64Array.of(1)], Float64Array.of(0));
  const start = new Float64Array(1);
  const reject = (run: () => Promise<unknown>, message: RegExp) => assert.rejects(run, message);
  await reject(() => maximizeByPower(f, new Float64Array(2), cube(2)), /TypeError: .* length 2/);
  await reject(() => maximizeByPower(f, start, cube(1, Infinity)), /lower bound 0 is -Infinity/);
  await reject(() => maximizeByPower(f, start, cube(2)), /box of lower length 2/);
  await reject(() => maximizeByPower(f, start, cube(1), { maxEvaluations: 0 }), /maxEvaluations 0/);
  await reject(() => maximizeByPower(f, start, cube(1), { riseTolerance: 1 }), /riseTolerance 1/);
  await reject(() => maximizeByPower(f, start, cube(1), { window: 0.5 }), /window 0.5/);
});

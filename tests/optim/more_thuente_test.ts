import assert from "node:assert/strict";
import { continueSearch, type LineSearch, startSearch } from "../../lib/optim/more_thuente.ts";
import stored from "../oracles/lbfgsb_line_search.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";

type ValueAndSlope = (step: number) => [value: number, slope: number];

/** Functions (5.1)–(5.3) and (5.4) of Moré and Thuente 1994. */
const FUNCTIONS: Record<string, ValueAndSlope> = {
  rational: (a) => [-a / (a * a + 2), (a * a - 2) / (a * a + 2) ** 2],
  quintic: (a) => {
    const b = a + 0.004;
    return [b ** 5 - 2 * b ** 4, 5 * b ** 4 - 8 * b ** 3];
  },
  wavy: (a) => {
    const beta = 0.01;
    const inside = Math.abs(a - 1) < beta;
    const hat = inside ? (a - 1) ** 2 / (2 * beta) + beta / 2 : Math.abs(a - 1);
    const hatSlope = inside ? (a - 1) / beta : Math.sign(a - 1);
    const w = 39 * Math.PI / 2;
    return [
      hat + (1 - beta) / w * Math.sin(w * a),
      hatSlope + (1 - beta) * Math.cos(w * a),
    ];
  },
  yanai: (a) => {
    const gamma = (b: number) => Math.sqrt(1 + b * b) - b;
    const p = Math.hypot(1 - a, 0.01);
    const q = Math.hypot(a, 0.001);
    return [
      gamma(0.001) * p + gamma(0.01) * q,
      gamma(0.001) * (a - 1) / p + gamma(0.01) * a / q,
    ];
  },
};

function run(f: ValueAndSlope, start: Omit<Parameters<typeof startSearch>[0], "value" | "slope">) {
  const [value, slope] = f(0);
  let search: LineSearch = startSearch({ value, slope, ...start });
  const steps: number[] = [];
  while (search.status === "evaluate" && steps.length < 60) {
    steps.push(search.step);
    search = continueSearch(search, ...f(search.step));
  }
  return { search, steps };
}

Deno.test("continueSearch() tries the steps of MINPACK-2", () => {
  for (const { function: name, tolerances: t, first, steps: theirs, task } of stored.searches) {
    const tolerances = { decrease: t.ftol, curvature: t.gtol, interval: t.xtol };
    const { search, steps } = run(FUNCTIONS[name]!, { step: first, maxStep: 1e10, tolerances });
    const found = task === "CONVERGENCE";
    assert.equal(search.status, found ? "found" : "stalled");
    // Theirs ends a stalled search with one more trial at the best step.
    if (!found) steps.push(search.step);
    // Rounding in cubics through nearly equal values grows from trial to trial: nine digits are
    // left in the longest searches.
    assertClose(steps, theirs, { relative: 1e-9 });
  }
});

Deno.test("continueSearch() ends where both conditions hold", () => {
  for (const [name, f] of Object.entries(FUNCTIONS)) {
    const [value, slope] = f(0);
    for (const step of [1e-3, 0.1, 10, 1000]) {
      const tolerances = { decrease: 1e-3, curvature: 0.1, interval: 1e-10 };
      const { search } = run(f, { step, maxStep: 1e10, tolerances });
      assert.equal(search.status, "found", `${name} from ${step}`);
      const [foundValue, foundSlope] = f(search.step);
      assert.ok(foundValue <= value + 1e-3 * search.step * slope);
      assert.ok(Math.abs(foundSlope) <= 0.1 * Math.abs(slope));
    }
  }
});

Deno.test("continueSearch() stops at the largest step of a function that falls for ever", () => {
  const { search } = run((a) => [-a, -1], { step: 1, maxStep: 7 });
  assert.deepEqual([search.status, search.step], ["at-bound", 7]);
});

Deno.test("startSearch() refuses an ascent and a step out of range", () => {
  const line = { value: 0, slope: -1, step: 1, maxStep: 2 };
  assert.throws(() => startSearch({ ...line, slope: 0 }), RangeError);
  assert.throws(() => startSearch({ ...line, slope: NaN }), RangeError);
  assert.throws(() => startSearch({ ...line, step: 3 }), RangeError);
  assert.throws(() => startSearch({ ...line, step: 0 }), RangeError);
});

import assert from "node:assert/strict";
import { searchLine } from "../../lib/optim/line_search.ts";
import { minimizeInBox } from "../../lib/optim/lbfgsb.ts";
import type { Evaluation } from "../../lib/optim/objective.ts";

/** f(0) = 1 and f′(0) = −1, f(1) just below 1 and rising, f = 2 elsewhere. */
function dent(x: Float64Array): Promise<Evaluation> {
  const [value, slope] = x[0] === 0 ? [1, -1] : x[0] === 1 ? [0.9999, 5] : [2, 1];
  return Promise.resolve({ value, gradient: Float64Array.of(slope) });
}

function lineTo(end: number) {
  return {
    x: new Float64Array(1),
    value: 1,
    direction: Float64Array.of(end),
    slope: -end,
    end: Float64Array.of(end),
    box: { lower: Float64Array.of(-2), upper: Float64Array.of(2) },
    firstStep: 1,
    maxStep: 1,
  };
}

Deno.test("searchLine() yields its lowest trial where no trial is good enough", async () => {
  const { outcome, point, evaluations } = await searchLine(
    dent,
    lineTo(1),
    new Float64Array(1),
    new Float64Array(1),
    100,
  );
  assert.deepEqual([outcome, point?.step, point?.value], ["lower", 1, 0.9999]);
  assert.ok(evaluations > 1 && evaluations <= 20);
});

Deno.test("searchLine() stops in the middle where the budget ends", async () => {
  const three = await searchLine(dent, lineTo(1), new Float64Array(1), new Float64Array(1), 3);
  assert.deepEqual([three.outcome, three.point?.value, three.evaluations], ["budget", 0.9999, 3]);
  const none = await searchLine(dent, lineTo(0.5), new Float64Array(1), new Float64Array(1), 2);
  assert.deepEqual([none.outcome, none.point, none.evaluations], ["budget", undefined, 2]);
});

Deno.test("minimizeInBox() ends at the lowest trial, not at the last", async () => {
  const box = { lower: Float64Array.of(-2), upper: Float64Array.of(2) };
  const objective = { dimension: 1, evaluate: dent };
  const minimum = await minimizeInBox(objective, new Float64Array(1), box, { maxEvaluations: 4 });
  assert.deepEqual([minimum.x[0], minimum.value, minimum.stopReason], [
    1,
    0.9999,
    "max-evaluations",
  ]);
  assert.equal(minimum.iterations, 0, "the search was not completed");
});

Deno.test("searchLine() ends where what it has enclosed is level to f's resolution", async () => {
  const search = (elsewhere: number, resolution: number, slope = 1e-6) =>
    searchLine(
      ([x]) =>
        Promise.resolve({
          value: x === 0 ? 1 : elsewhere,
          gradient: Float64Array.of(x === 0 ? -1e-6 : slope),
        }),
      { ...lineTo(1), slope: -1e-6, resolution },
      new Float64Array(1),
      new Float64Array(1),
      100,
    );
  // A trial of 1 is higher by 1e-9, and encloses all that a slope of 1e-6 can gain.
  const level = 1 + 1e-9;
  assert.equal((await search(level, 1e-5)).evaluations, 1);
  const exact = (await search(level, 0)).evaluations;
  assert.ok(exact > 5, `${exact}`);
  assert.equal((await search(level, 1e-10)).evaluations, exact, "the values are not level");
  assert.equal((await search(level, 2e-9)).outcome, "not-lower");
  assert.ok((await search(level, 2e-9, 1e-9)).evaluations > 1, "the slope promises more");
  assert.ok((await search(2, 1e-5)).evaluations > 1, "a wall at 1 may hide a valley before it");
  assert.ok((await search(level, 1e-5, 1)).evaluations > 1, "so may a slope at 1");
});

Deno.test("searchLine() goes on along a line that falls ever faster, however little it promises", async () => {
  // −½x² from next to its top: the search has enclosed nothing before the end.
  const { outcome, point } = await searchLine(
    ([x]) =>
      Promise.resolve({ value: -((x! + 1e-9) ** 2) / 2, gradient: Float64Array.of(-x! - 1e-9) }),
    { ...lineTo(1e-3), value: -5e-19, slope: -1e-12, maxStep: 2000, resolution: 1e-5 },
    new Float64Array(1),
    new Float64Array(1),
    100,
  );
  assert.deepEqual([outcome, point?.step], ["lower", 2000]);
});

Deno.test("minimizeInBox() spends no trials on the rounding of f", async () => {
  // ½ Σ c_i x_i² as float32 knows it beside 1, which leaves steps of 6e-8 (2⁻²⁴).
  const curvature = Float64Array.of(1, 30, 900);
  const rounded = {
    dimension: 3,
    evaluate(x: Float64Array) {
      const exact = x.reduce((sum, xi, i) => sum + curvature[i]! * xi * xi / 2, 0);
      const gradient = x.map((xi, i) => curvature[i]! * xi);
      return Promise.resolve({ value: Math.fround(1 + exact) - 1, gradient });
    },
  };
  const box = { lower: new Float64Array(3).fill(-2), upper: new Float64Array(3).fill(2) };
  const run = (resolution: number) =>
    minimizeInBox(rounded, Float64Array.of(1, 1, 1), box, {
      gradientTolerance: 0,
      decreaseTolerance: 0,
      valueResolution: () => resolution,
    });
  const [exact, known] = [await run(0), await run(2 ** -24)];
  assert.ok(
    known.evaluations < exact.evaluations - 20,
    `${known.evaluations}, ${exact.evaluations}`,
  );
  // Four roundings of f, of which either end is the result.
  assert.ok(known.value - exact.value <= 4 * 2 ** -24, `${known.value}, ${exact.value}`);
});

Deno.test("minimizeInBox() does not evaluate a start again that is known, and ends at the same bits", async () => {
  const bowl = {
    dimension: 2,
    evaluate: ([a, b]: Float64Array) =>
      Promise.resolve({
        value: a! ** 2 + a! * b! + 3 * b! ** 2,
        gradient: Float64Array.of(2 * a! + b!, a! + 6 * b!),
      }),
  };
  const box = { lower: Float64Array.of(-1, 0.1), upper: Float64Array.of(1, 1) };
  const start = Float64Array.of(0.9, 0.8);
  const { evaluations, ...plain } = await minimizeInBox(bowl, start, box);
  const { evaluations: fewer, ...known } = await minimizeInBox(bowl, start, box, {
    atStart: await bowl.evaluate(start),
  });
  assert.deepEqual(known, plain);
  assert.equal(fewer, evaluations - 1);
  const short = { value: 0, gradient: start.slice(1) };
  await assert.rejects(minimizeInBox(bowl, start, box, { atStart: short }), TypeError);
});

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

import assert from "node:assert/strict";
import { sharpnessNote } from "../../lib/report/notes.ts";
import { sharpnessRecord } from "./records.ts";

Deno.test("sharpnessNote() says in how many runs the budget ended a climb", () => {
  const of = (before: number, change = {}) => {
    const curve = [before, 3].map((percent, iteration) => ({ iteration, percent }));
    return sharpnessRecord("SB", 0, 3, { curve, ...change });
  };
  const note = sharpnessNote([of(2.99), of(2), of(2, { stopReason: "gradient-small" })]);
  assert.match(note, /still rising by over 1 % an iteration in 1 of 3 runs/);
  assert.doesNotMatch(sharpnessNote([of(2.99)]), /rising/);
});

/** A record whose power method began at the samples' ends. */
const searched = (trial: number, apart: number | null, change = {}) =>
  sharpnessRecord("SB", trial, 3, {
    protocol: "converged",
    start: "samples",
    search: { samples: 8, inEvaluations: 6, apart },
    ...change,
  });

Deno.test("sharpnessNote() says where the climb began, and how clear the choice was", () => {
  const alike = sharpnessNote([searched(0, 0), searched(1, 0.004), searched(2, null)]);
  assert.match(
    alike,
    /then the power method, from where a search on 8 samples of the examples has led, which costs as much as 6\.0 evaluations, until/,
  );
  assert.match(
    alike,
    /After one step on f, in all 2 runs the two best ends of the search were within 1 %/,
  );
  const apart = sharpnessNote([searched(0, 0), searched(1, 0.013)]);
  assert.match(apart, /in 1 of 2 runs the two best ends .* in the others up to 1\.3 % apart\./);
});

Deno.test("sharpnessNote() tells records with a search from those without, and protocols apart", () => {
  const old = sharpnessRecord("SB", 1, 3, { protocol: "converged" });
  assert.doesNotMatch(sharpnessNote([old]), /search|best ends/);
  assert.match(
    sharpnessNote([searched(0, 0), old]),
    /the power method, in 1 of 2 runs from where a search on 8 samples/,
  );
  const power = (change = {}) =>
    searched(0, null, { protocol: "power", maxIterations: 40, ...change });
  const alone = sharpnessNote([power()]);
  assert.match(alone, /Protocol power: the power method, from where a search on 8 samples/);
  assert.match(alone, /at most 40 steps; stopped by/);
  assert.doesNotMatch(alone, /L-BFGS-B/);
  const few = sharpnessNote([power({ start: "vertex", search: undefined })]);
  assert.match(few, /Protocol power: the power method from the vertex until three steps/);
  const both = sharpnessNote([sharpnessRecord("SB", 0, 3), searched(0, 0)]);
  assert.match(
    both,
    /Protocol paper: L-BFGS-B from the vertex, at most 10 iterations\. Protocol converged: /,
  );
});

import assert from "node:assert/strict";
import { sharpnessNote, trainingNote } from "../../lib/report/notes.ts";
import { sharpnessRecord, trainRecord } from "./records.ts";

Deno.test("trainingNote() says in words which iterate is the result of a run", () => {
  const noteOf = (...iterates: string[]) =>
    trainingNote(iterates.map((iterate, trial) => trainRecord("SB", trial, { iterate })));
  assert.match(noteOf("least", "least"), /; iterate: least training loss\. Batch/);
  assert.match(noteOf("last"), /; iterate: the last\. Batch/);
  assert.match(noteOf("least", "last"), /; iterate: least training loss, the last\. Batch/);
});

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

Deno.test("sharpnessNote() calls ten iterations the paper's budget, and no other number", () => {
  const of = (...budgets: number[]) =>
    sharpnessNote(budgets.map((maxIterations, trial) => searched(trial, 0, { maxIterations })));
  assert.match(of(10), /at most 10 iterations, the paper's budget, and then the power method/);
  assert.match(of(20), /at most 20 iterations and then the power method/);
  assert.doesNotMatch(of(10, 20), /budget/);
});

Deno.test("sharpnessNote() counts no run that diverged", () => {
  const sound = [0, 1, 2].map((trial) => sharpnessRecord("SB", trial, 3, { activeShare: 1 }));
  const lost = sharpnessRecord("LB", 0, NaN, {
    diverged: true,
    moved: false,
    evaluations: 0,
    activeShare: 0,
    stopReason: "not-finite",
  });
  const note = sharpnessNote([...sound, lost]);
  assert.equal(note, sharpnessNote(sound));
  assert.match(note, /max-iterations 3\/3; 12 evaluations and 100 % active bounds on average/);
  assert.doesNotMatch(note, /could not move/);
  assert.equal(sharpnessNote([lost]), "All runs diverged.");
});

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

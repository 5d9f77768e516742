import assert from "node:assert/strict";
import { fullSharpnessTable } from "../../lib/report/sharpness_table.ts";
import { sharpnessRecord } from "./records.ts";

Deno.test("fullSharpnessTable() keeps apart what several climbs have begun at", () => {
  const climbs = (start: string) => ({
    protocol: "converged",
    restarts: [{ start, percent: 1, stopReason: "rise-small", curve: [] }],
  });
  const records = ["vertex", "origin"].flatMap((start) => [
    sharpnessRecord("SB", 0, 1, climbs(start)),
    sharpnessRecord("LB", 0, 2, climbs(start)),
  ]);
  const { rows, notes } = fullSharpnessTable(records);
  assert.deepEqual(rows.map((row) => [row[0], row[2], row.at(-1)]), [
    ["F1, first from vertex", "1", "1/1 ✓ ≈"],
    ["F1, first from origin", "1", "1/1 ✓ ≈"],
  ]);
  assert.doesNotMatch(notes.join(" "), /‡/);
});

Deno.test("fullSharpnessTable() marks what the trials do not settle, and what contradicts the means", () => {
  const marks = (SB: readonly number[], LB: readonly number[]) => {
    const { rows: [row], columns } = fullSharpnessTable([
      ...SB.map((percent, trial) => sharpnessRecord("SB", trial, percent)),
      ...LB.map((percent, trial) => sharpnessRecord("LB", trial, percent)),
    ]);
    return [row![columns.indexOf("LB/SB")], row!.at(-1)];
  };
  const ten = Array.from({ length: 10 }, () => 10);
  const one = Array.from({ length: 10 }, (_, trial) => 1 + trial / 100);
  // One large value makes LB's mean the larger one; nine of ten pairs say the opposite.
  assert.deepEqual(marks(ten, one.with(0, 300)), ["3.09", "1/10 ✓ ≈"]);
  assert.deepEqual(marks(ten, one), ["0.104", "0/10 ✗"]);
  assert.deepEqual(marks([0], [0]), ["–", "0/1 ≈"]);
  assert.deepEqual(marks([0], [2]), ["–", "1/1 ✓ ≈"]);
});

Deno.test("fullSharpnessTable() names another budget than the paper's, and rows without one", () => {
  const full = [sharpnessRecord("SB", 0, 1), sharpnessRecord("LB", 0, 2)];
  const budget = { start: "vertex", percent: 1, stopReason: "max-iterations", curve: [] };
  const converged = full.map((record) => ({ ...record, protocol: "converged", budget }));
  const twenty = converged.map((record) => ({ ...record, maxIterations: 20 }));
  const { columns, notes } = fullSharpnessTable([...twenty, ...full]);
  assert.ok(columns.includes("SB, budget") && !columns.includes("SB, ten"));
  assert.match(notes[0]!, /what 20 iterations of L-BFGS-B find\. SB and LB, where a row has both:/);
  const { notes: [own] } = fullSharpnessTable(converged);
  assert.match(own!, /what ten iterations find, .* SB and LB: the converged maximum/);
});

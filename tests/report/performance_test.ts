import assert from "node:assert/strict";
import { breakEvenEfficiency, largestIterationRatio } from "../../lib/report/performance_model.ts";
import { performanceTable } from "../../lib/report/performance_table.ts";
import type { HistoryRecord } from "../../lib/report/results.ts";
import { trainRecord } from "./records.ts";

Deno.test("largestIterationRatio() gives the paper's example, and breakEvenEfficiency() its inverse", () => {
  assert.equal(largestIterationRatio(0.2, 0.1), 0.5);
  const [SB, LB] = [{ steps: 300, batchSize: 256 }, { steps: 210, batchSize: 800 }];
  const efficiency = breakEvenEfficiency(SB, LB);
  // 300 · 256 examples of 210 · 800; the quotients are rounded, so to a few units in the last place.
  assert.ok(Math.abs(efficiency - 76_800 / 168_000) < 1e-15);
  // At break-even, the steps that LB took are the most that it may take.
  assert.ok(Math.abs(largestIterationRatio(efficiency, 256 / 800) - 210 / 300) < 1e-15);
});

Deno.test("the performance model refuses what is no cost", () => {
  const SB = { steps: 1, batchSize: 256 };
  assert.throws(() => breakEvenEfficiency(SB, { steps: 0, batchSize: 800 }), /cost of 0 steps/);
  assert.throws(() => breakEvenEfficiency({ steps: 1, batchSize: NaN }, SB), RangeError);
  for (const efficiency of [0, -0.1, 1.1, NaN]) {
    assert.throws(() => largestIterationRatio(efficiency, 0.1), RangeError);
  }
  assert.throws(() => largestIterationRatio(0.2, 0), RangeError);
});

/** A run whose losses fall tenfold an epoch, down to `last`. */
function history(regime: "SB" | "LB", trial: number, last = 1e-4): HistoryRecord {
  const steps = regime === "SB" ? 32 : 10;
  return {
    network: "F1",
    regime,
    trial,
    diverged: false,
    source: `history[regime=${regime},trial=${trial}]`,
    points: [0, 1, 2, 3, 4].map((epoch) => ({
      epoch,
      steps: steps * epoch,
      trainLoss: Math.max(last, 10 ** -epoch),
      trainAccuracy: 1,
      testAccuracy: 1,
      distanceFromStart: epoch,
    })),
  };
}

Deno.test("performanceTable() counts steps to each loss, over the pairs that came so low", () => {
  const train = [0, 1].flatMap((trial) => [trainRecord("SB", trial), trainRecord("LB", trial)]);
  const histories = [history("SB", 0), history("LB", 0), history("SB", 1), history("LB", 1, 0.01)];
  const { rows, data, sources, notes } = performanceTable(train, histories);
  assert.deepEqual(rows.map((row) => row.slice(0, 4)), [
    ["F1, f ≤ 0.1", "2 of 2", "32.00 ± 0.00", "10.00 ± 0.00"],
    ["F1, f ≤ 0.01", "2 of 2", "64.00 ± 0.00", "20.00 ± 0.00"],
    ["F1, f ≤ 0.001", "1 of 2", "96.00", "30.00"],
  ]);
  // 32 steps of 256 against 10 of 800: 8192 examples against 8000, so LB is faster whatever f_s is.
  assert.equal(data[0]!.efficiencyMean, 8192 / 8000);
  assert.deepEqual(sources[2], ["history[regime=SB,trial=0]", "history[regime=LB,trial=0]"]);
  assert.match(notes[0]!, /With f_s = 0\.2, here B_s\/B_l = 0\.320 allows 1\.60 times SB's steps/);
});

Deno.test("performanceTable() has no race with a run that diverged", () => {
  const train = [trainRecord("SB", 0), trainRecord("LB", 0, { diverged: true })];
  const lost = [history("SB", 0), { ...history("LB", 0), diverged: true }];
  assert.deepEqual(performanceTable(train, lost).data.map(({ n }) => n), [0, 0, 0]);
  assert.deepEqual(performanceTable(train, []).rows, []);
});

Deno.test("performanceTable() says nothing of LB's steps, and names its runs, where only SB is done", () => {
  const { rows, sources, notes } = performanceTable([trainRecord("SB", 0)], [history("SB", 0)]);
  assert.equal(rows[0]![1], "0 of 0");
  assert.doesNotMatch(notes[0]!, /f_s = 0\.2|nothing/);
  assert.match(notes[0]!, /appendix C of the paper\)\. Steps are counted/);
  // A row without sources is the paper's own.
  for (const own of sources) assert.deepEqual(own, ["history[regime=SB,trial=0]"]);
});

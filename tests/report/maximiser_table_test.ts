import assert from "node:assert/strict";
import { maximiserTable } from "../../lib/report/maximiser_table.ts";
import type { Regime } from "../../lib/report/paper.ts";
import type { SharpnessRecord } from "../../lib/report/results.ts";
import { sharpnessRecord } from "./records.ts";

/** A climb that took so many evaluations. */
function climb(start: string, percent: number, evaluations: number) {
  return { start, percent, evaluations, stopReason: "rise-small", curve: [] };
}

/** 8 evaluations of a search, 6 of the climb from there, 11 of the paper's budget and 1 at x. */
function converged(
  regime: Regime,
  trial: number,
  percent: number,
  change: Partial<SharpnessRecord> = {},
): SharpnessRecord {
  const budget = climb("vertex", 1, 11);
  return sharpnessRecord(regime, trial, percent, {
    source: `converged ${regime} ${trial}`,
    protocol: "converged",
    start: "samples",
    evaluations: 18,
    budget,
    restarts: [budget, climb("samples", percent, 6)],
    search: { samples: 8, inEvaluations: 8, apart: 0.1 },
    ...change,
  });
}

function longer(regime: Regime, trial: number, percent: number): SharpnessRecord {
  return sharpnessRecord(regime, trial, percent, {
    source: `longer ${regime} ${trial}`,
    maxIterations: 100,
    evaluations: 101,
    restarts: [climb("vertex", percent, 100)],
  });
}

Deno.test("maximiserTable() sets both maximisers side by side at each minimum, SB first", () => {
  const { rows, data, sources, notes } = maximiserTable([
    converged("LB", 1, 20),
    longer("LB", 1, 10),
    converged("SB", 0, 3.02),
    longer("SB", 0, 3),
    longer("LB", 0, 40),
    converged("LB", 0, 30),
  ]);
  assert.deepEqual(rows, [
    ["F1, SB, trial 0", "1e-3", "1.00", "3.02", "14.0", "3.00", "100", "1.007", "0.14"],
    ["F1, LB, trial 0", "1e-3", "1.00", "30.00", "14.0", "40.00", "100", "0.750", "0.14"],
    ["F1, LB, trial 1", "1e-3", "1.00", "20.00", "14.0", "10.00", "100", "2.000", "0.14"],
  ]);
  assert.equal(data[2]!.ratio, 2);
  assert.deepEqual(sources[2], ["converged LB 1", "longer LB 1"]);
  assert.match(
    notes[1]!,
    /1 % higher than L-BFGS-B's in 1 of 3 rows, and more than 1 % lower in 1: the ratio is 0\.750 to 2\.000, for 14 to 14 % of its evaluations/,
  );
});

Deno.test("maximiserTable() counts all evaluations where there was no search", () => {
  const change = { search: undefined, restarts: [climb("vertex", 1, 11), climb("end", 5, 7)] };
  const { data } = maximiserTable([converged("SB", 0, 5, change), longer("SB", 0, 4)]);
  assert.equal(data[0]!.evaluations, 18);
  assert.equal(data[0]!.share, 0.18);
});

Deno.test("maximiserTable() credits the power method with what it found itself", () => {
  const [budget, power] = [climb("vertex", 6, 11), climb("samples", 5, 6)];
  const change = { start: "vertex", budget, restarts: [budget, power] };
  const { data } = maximiserTable([converged("SB", 0, 6, change), longer("SB", 0, 4)]);
  assert.deepEqual([data[0]!.budgetPercent, data[0]!.percent, data[0]!.evaluations], [6, 5, 14]);
});

Deno.test("maximiserTable() has no ratio, and says none, where L-BFGS-B found 0", () => {
  const none = [converged("SB", 0, 0), longer("SB", 0, 0)];
  const { rows, data, notes } = maximiserTable(none);
  assert.equal(rows[0]![7], "–");
  assert.equal(data[0]!.ratio, null);
  assert.doesNotMatch(notes.join("\n"), /NaN|the ratio is/);
  const some = maximiserTable([...none, converged("LB", 0, 3), longer("LB", 0, 0)]);
  assert.doesNotMatch(some.notes.join("\n"), /NaN|Infinity|the ratio is/);
  const one = maximiserTable([...none, converged("LB", 0, 3), longer("LB", 0, 2)]);
  assert.match(
    one.notes[1]!,
    /higher .* in 1 of 2 rows, .* lower in 0: the ratio is 1\.500 to 1\.500 where there is one,/,
  );
});

Deno.test("maximiserTable() compares nothing that is not of one minimum, box and f", () => {
  const other = (change: Partial<SharpnessRecord>) =>
    maximiserTable([converged("SB", 0, 5, change), longer("SB", 0, 4)]).rows;
  assert.equal(other({}).length, 1);
  const subspace = { dimension: 4, distribution: "gaussian", seed: 1 };
  for (
    const change of [
      { trial: 1 },
      { epsilon: 5e-4 },
      { space: subspace },
      { dataset: "mnist" },
      { batchNorm: "running" },
      { evaluationBatch: 2000 },
      { network: "F2" },
      { diverged: true },
    ]
  ) assert.deepEqual(other(change), [], JSON.stringify(change));
  assert.deepEqual(maximiserTable([converged("SB", 0, 5)]).rows, [], "no other maximiser");
  assert.deepEqual(
    maximiserTable([converged("SB", 0, 5), sharpnessRecord("SB", 0, 4)]).rows,
    [],
    "ten iterations are the budget itself",
  );
});

Deno.test("maximiserTable() names another budget than the paper's", () => {
  const of = (maxIterations: number) =>
    maximiserTable([converged("SB", 0, 2, { maxIterations }), longer("SB", 0, 1)]);
  assert.equal(of(10).columns[2], "ten iterations");
  const { columns, notes } = of(20);
  assert.equal(columns[2], "20 iterations");
  assert.match(notes[0]!, /20 iterations: what L-BFGS-B finds by then\. Power/);
  assert.doesNotMatch(notes.join(" "), /paper's budget/);
});

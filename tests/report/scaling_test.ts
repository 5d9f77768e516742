import assert from "node:assert/strict";
import { diffusingRuns, diffusionTable } from "../../lib/report/diffusion_table.ts";
import type { DiffusionRecord, MeasuredRun } from "../../lib/report/results.ts";
import { scalingTable } from "../../lib/report/scaling_table.ts";
import { trainRecord } from "./records.ts";

function runsOf(regime: string, tests: readonly number[], change: Partial<MeasuredRun> = {}) {
  return tests.map((testAccuracyPercent, trial): MeasuredRun => ({
    ...trainRecord(regime === "SB" ? "SB" : "LB", trial),
    source: `scaling[regime=${regime},trial=${trial}]`,
    labels: { regime, trial: `${trial}` },
    testAccuracyPercent,
    allSharpness: [],
    ...change,
  }));
}

const SB = runsOf("SB", [97, 98], { learningRate: 0.1 });
const LB = runsOf("LB", [95, 95]);
const linear = runsOf("LB-linear", [96, 98.5], { learningRate: 0.3125 });

Deno.test("scalingTable() orders by batch, steps and rate, the plain regime first", () => {
  const far = runsOf("LB50", [90, 91], { batchSize: 4000 });
  const longer = runsOf("LB-all", [96, 97], { steps: 90 * LB[0]!.steps });
  const { rows, notes } = scalingTable([...longer, ...linear, ...far, ...LB, ...SB]);
  assert.match(notes[1]!, /learning rate 0\.1, 0\.001, 0\.313, batches of/);
  assert.deepEqual(rows.map(([name]) => name), [
    "F1, SB, B = 256, α = 0.100",
    "F1, LB, B = 800, α = 0.0010",
    "F1, LB-linear, B = 800, α = 0.313",
    "F1, LB-all, B = 800, α = 0.0010",
    "F1, LB50, B = 4000, α = 0.0010",
  ]);
});

Deno.test("scalingTable() takes the gap trial by trial, of trials that SB finished", () => {
  const { data, columns } = scalingTable([...SB, ...LB, ...linear]);
  assert.deepEqual(data.map(({ gapMean }) => gapMean), [null, 2.5, 0.25]);
  assert.equal(data[1]!.gapSd, Math.SQRT1_2); // gaps 2 and 3
  assert.ok(columns.includes("SB − it"));
  const lost = SB.map((run) => ({ ...run, diverged: run.trial === 0 }));
  assert.equal(scalingTable([...lost, ...LB]).data[1]!.gapMean, 3);
});

const DIFFUSION: DiffusionRecord = {
  points: [1, 2, 4].map((step, k) => ({ step, distance: k })),
  logarithmic: { intercept: 0, slope: 1.5, rSquared: 0.9 },
  power: { scale: 1, exponent: 0.5, rSquared: 0.8 },
};

Deno.test("diffusionTable() averages the constants of both laws over the trials that have them", () => {
  const steeper = { ...DIFFUSION, logarithmic: { intercept: 1, slope: 2.5, rSquared: 1 } };
  const runs = [
    ...runsOf("LB", [95], { diffusion: DIFFUSION }),
    ...runsOf("LB", [95], { diffusion: steeper, trial: 1 }),
    ...runsOf("LB", [95], { diffusion: { points: [] }, trial: 2 }),
  ];
  const [row] = diffusionTable(runs).data;
  assert.deepEqual([row!.n, row!.slopeMean, row!.exponentMean], [2, 2, 0.5]);
  assert.deepEqual(diffusionTable(LB).rows, [], "nothing was noted");
});

Deno.test("diffusingRuns() are the study's, or the pair labelled by its regimes", () => {
  assert.equal(diffusingRuns([trainRecord("SB", 0)], LB), LB);
  const [pair] = diffusingRuns([trainRecord("SB", 3)], []);
  assert.deepEqual(pair!.labels, { regime: "SB", trial: "3" });
});

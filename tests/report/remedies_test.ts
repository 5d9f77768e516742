import assert from "node:assert/strict";
import { PAPER_REMEDIES } from "../../lib/report/paper.ts";
import { compareRemedies } from "../../lib/report/remedies.ts";
import { remediesTable } from "../../lib/report/remedies_table.ts";
import { toMarkdown } from "../../lib/report/report_table.ts";
import type { MeasuredRun } from "../../lib/report/results.ts";
import { assertClose } from "../support/assert_close.ts";
import { trainRecord } from "./records.ts";

type Triple = readonly [number, number, number];

/** Three trials of a regime, with φ at two ε. */
function runsOf(
  regime: string,
  test: Triple,
  percent: number,
  change: Partial<MeasuredRun> = {},
): MeasuredRun[] {
  return test.map((testAccuracyPercent, trial) => ({
    ...trainRecord("LB", trial),
    source: `remedy[regime=${regime},trial=${trial}]`,
    labels: { regime, trial: `${trial}` },
    testAccuracyPercent,
    allSharpness: [1e-3, 5e-4].map((epsilon) => ({
      epsilon,
      percent: percent * (1 + trial) * (epsilon / 1e-3),
      source: `remedySharpness[eps=${epsilon},regime=${regime},trial=${trial}]`,
    })),
    ...change,
  }));
}

const SB = runsOf("SB", [97, 98, 96], 10);
const LB = runsOf("LB", [95, 96, 94], 100);
const better = runsOf("LB-conservative", [96.5, 97.5, 95.5], 300);

Deno.test("compareRemedies() pairs trials, and takes LB's gap for the whole", () => {
  const [small, large, remedy] = compareRemedies([...SB, ...LB, ...better]) as [
    ReturnType<typeof compareRemedies>[number],
    ReturnType<typeof compareRemedies>[number],
    ReturnType<typeof compareRemedies>[number],
  ];
  assert.deepEqual([small.gaps, small.gains, small.logRatios], [[], [], []]);
  assert.deepEqual([large.gaps, large.gains], [[2, 2, 2], []]);
  assert.equal(large.closed, undefined);
  assert.deepEqual(remedy.gaps, [0.5, 0.5, 0.5]);
  assert.deepEqual(remedy.gains, [1.5, 1.5, 1.5]);
  assert.equal(remedy.closed, 0.75);
  assertClose(remedy.logRatios, [Math.log(30), Math.log(30), Math.log(30)], { relative: 1e-14 });
  assert.deepEqual(remedy.sharpness.map(({ epsilon }) => epsilon), [1e-3, 5e-4]);
  assert.equal(remedy.sharpness[1]!.percent!.mean, 300); // 300 · (1 + 2 + 3)/3 · ½
});

Deno.test("compareRemedies() leaves out what diverged, and knows no share of a gap that is none", () => {
  const lost = better.map((run, k) => ({ ...run, diverged: k === 1 }));
  const remedy = compareRemedies([...SB, ...LB, ...lost])[2]!;
  assert.deepEqual([remedy.n, remedy.runs.length, remedy.gaps.length], [2, 3, 2]);
  const reversed = compareRemedies([...runsOf("SB", [90, 90, 90], 1), ...LB, ...better])[2]!;
  assert.equal(reversed.closed, undefined);
});

Deno.test("remediesTable() puts ours above the paper's, and marks the directions", () => {
  const table = remediesTable([...SB, ...LB, ...better]);
  const cell = (row: number, column: string) => table.rows[row]![table.columns.indexOf(column)];
  assert.deepEqual(table.rows.map(([name]) => name), [
    ...["F1, SB", "", "F1, LB", "", "F1, LB-conservative", ""],
  ]);
  // Equal differences, of 2 000 examples: sd at least 0.05/√6 points, t · sd/√3 = 0.0507.
  assert.equal(cell(4, "SB − it"), "0.50 (0.45 to 0.55)");
  assert.equal(cell(4, "gap closed"), "75 %");
  assert.equal(cell(4, "test > LB"), "3/3 ✓");
  assert.equal(cell(4, "φ > SB"), "3/3 ✓");
  // 98.12 against 98.03 and 97.81: (98.12 − 97.81)/(98.03 − 97.81) = 141 %.
  assert.deepEqual(table.rows[5]!.slice(1), [
    ...["paper, n = 5", "–", "98.12 ± 0.01", "-0.09", "141 %"],
    ...["232.25 ± 63.81", "46.02 ± 12.58", "–", "–"],
  ]);
  assert.equal(cell(1, "φ, ε = 5e-4"), "0.61 ± 0.27");
  assert.equal(table.sources[4]!.length, 9);
  assert.deepEqual(Object.keys(table.data[0]!), Object.keys(table.data[1]!));
});

Deno.test("remediesTable() marks what is unlike the paper, and what is not settled", () => {
  const flatter = runsOf("LB-conservative", [94, 97, 90], 1);
  const table = remediesTable([...SB, ...LB, ...flatter]);
  assert.deepEqual(table.rows[4]!.slice(-2), ["1/3 ✗ ≈", "0/3 ✗"]);
});

Deno.test("remediesTable() names what was done, and has no mark without numbers", () => {
  const sam = runsOf("LB-SAM", [96, 96, 96], 5, { remedies: ["SAM, ρ = 0.05"] });
  const table = remediesTable([...SB, ...LB, ...sam]);
  assert.equal(table.rows.length, 5); // none of the paper's
  assert.deepEqual(table.rows[4]!.slice(-2), ["2/3 ≈", "0/3"]);
  assert.match(toMarkdown(table), /Remedies: LB-SAM: SAM, ρ = 0\.05\./);
  assert.deepEqual(remediesTable([]).notes, ["Nothing was trained."]);
});

Deno.test("remediesTable() compares small and large batches that have the same remedy", () => {
  const augmented = [
    ...runsOf("LB-augmented", [98, 98, 98], 50),
    ...runsOf("SB-augmented", [99, 98.5, 98], 5),
  ];
  const table = remediesTable([...SB, ...LB, ...augmented]);
  assert.ok(
    table.notes.includes("F1: SB-augmented − LB-augmented is 0.50 (-0.74 to 1.74) points."),
    table.notes.join("\n"),
  ); // 4.303 · ½/√3 = 1.242
  const row = table.rows.find(([name]) => name === "F1, SB-augmented")!;
  assert.equal(row[table.columns.indexOf("gap closed")], "–");
});

Deno.test("remediesTable() warns where plain LB has no gap that a remedy could close", () => {
  const table = remediesTable([...SB, ...runsOf("LB", [96, 99, 95], 1)]);
  assert.ok(table.notes.some((note) => note.includes("cannot be told from none")));
  const single = remediesTable([SB[0]!, LB[0]!]);
  assert.ok(single.notes.some((note) => note.includes("cannot be told from none")));
  const clear = remediesTable([...SB, ...LB]);
  assert.ok(!clear.notes.some((note) => note.includes("cannot be told from none")));
});

Deno.test("the paper has remedies of large batches for the networks that it names", () => {
  const networksOf = (regime: string) =>
    PAPER_REMEDIES.filter((row) => row.regime === regime).map(({ network }) => network);
  assert.deepEqual(networksOf("LB-conservative"), ["F1", "F2", "C1", "C2", "C3", "C4"]);
  assert.deepEqual(networksOf("LB-augmented"), ["C1", "C2", "C3", "C4"]);
  assert.deepEqual(networksOf("SB-augmented"), networksOf("LB-augmented"));
});

Deno.test("remediesTable() counts a φ of 0, and settles nothing by it", () => {
  const flat = runsOf("LB-SAM", [96, 97, 95], 0);
  const table = remediesTable([...SB, ...LB, ...flat]);
  const last = table.rows.at(-1)!;
  assert.equal(last.at(-1), "0/3 ≈", "ln 0 has no spread");
  assert.equal(table.data.at(-1)!["logRatioMean"], null);
  const mixed = flat.with(2, runsOf("LB-SAM", [96, 97, 95], 30)[2]!);
  assert.equal(remediesTable([...SB, ...LB, ...mixed]).rows.at(-1)!.at(-1), "1/3 ≈");
});

Deno.test("remediesTable() marks a single trial as unsettled", () => {
  const first = (runs: readonly MeasuredRun[]) => runs.slice(0, 1);
  const { rows } = remediesTable([...first(SB), ...first(LB), ...first(better)]);
  assert.deepEqual(rows.at(-2)!.slice(-2), ["1/1 ✓ ≈", "1/1 ✓ ≈"]);
});

Deno.test("compareRemedies() knows no share of a gap that is float64's rounding", () => {
  // 1931, 1927 and 1940 of 2 000 against 1940, 1918 and 1940: equal sums.
  const [some, others] = [[96.55, 96.35, 97], [97, 95.9, 97]] as [Triple, Triple];
  for (const [SB, LB] of [[some, others], [others, some]] as const) {
    const [small, large] = [runsOf("SB", SB, 1), runsOf("LB", LB, 2)];
    assert.equal(compareRemedies([...small, ...large, ...better])[2]!.closed, undefined);
  }
});

Deno.test("remediesTable() compares with the paper at the ε of the column alone", () => {
  const at = (runs: readonly MeasuredRun[], epsilon: number) =>
    runs.map((run) => ({
      ...run,
      allSharpness: run.allSharpness.slice(0, 1).map((phi) => ({ ...phi, epsilon })),
    }));
  const markAt = (epsilon: number) =>
    remediesTable(at([...SB, ...LB, ...better], epsilon)).rows.at(-2)!.at(-1);
  assert.deepEqual([1e-3, 5e-4, 2e-4].map(markAt), ["3/3 ✓", "3/3 ✓", "3/3"]);
});

import assert from "node:assert/strict";
import { accuracyTable } from "../../lib/report/accuracy_table.ts";
import { distanceTable } from "../../lib/report/distance_table.ts";
import { headline } from "../../lib/report/headline.ts";
import { toCSV, toMarkdown } from "../../lib/report/report_table.ts";
import { ritzTable } from "../../lib/report/ritz_table.ts";
import { fullSharpnessTable, subspaceSharpnessTable } from "../../lib/report/sharpness_table.ts";
import { showNumber, showSummary, summarise } from "../../lib/report/summary.ts";
import { warmStartTable } from "../../lib/report/warm_start_table.ts";
import { ritzRecord, sharpnessRecord, trainRecord, warmStartRecord } from "./records.ts";

const TRIALS = [0, 1, 2];
const train = (["SB", "LB"] as const).flatMap((regime) =>
  TRIALS.map((trial) => trainRecord(regime, trial))
);
const full = TRIALS.flatMap((trial) => [
  sharpnessRecord("SB", trial, 1 + trial),
  sharpnessRecord("LB", trial, 100 + 10 * trial),
]);

Deno.test("summarise() is the mean with the sample standard deviation and n", () => {
  assert.deepEqual(summarise([1, 2, 6], (x) => x), { mean: 3, sd: Math.sqrt(7), n: 3 });
  assert.deepEqual(summarise([5], (x) => x), { mean: 5, n: 1 });
  assert.deepEqual(summarise([NaN, 2, 4], (x) => x), { mean: 3, sd: Math.SQRT2, n: 2 });
  assert.equal(summarise([], (x: number) => x), undefined);
});

Deno.test("showNumber() keeps the digits that a reader needs", () => {
  const shown = [205.138, 1.5, 0.512, 0.0123, 6.1e-4, 0, -3.14159, 2.5e7, NaN].map(showNumber);
  assert.deepEqual(shown, [
    "205.14",
    "1.50",
    "0.512",
    "0.0123",
    "6.1e-4",
    "0.00",
    "-3.14",
    "2.50e+7",
    "NaN",
  ]);
  assert.equal(showSummary({ mean: 5 }), "5.00");
});

Deno.test("accuracyTable() has ours above the paper's, with the gap and n", () => {
  const { rows } = accuracyTable(train);
  assert.deepEqual(rows, [
    [
      "F1",
      "ours, n = 3",
      "100.00 ± 0.00",
      "100.00 ± 0.00",
      "97.50 ± 0.50",
      "96.50 ± 0.50",
      "1.00",
    ],
    [
      "",
      "paper, n = 5",
      "99.66 ± 0.05",
      "99.92 ± 0.01",
      "98.03 ± 0.07",
      "97.81 ± 0.07",
      "0.22",
    ],
  ]);
});

Deno.test("accuracyTable() leaves diverged runs out of the means and says so", () => {
  const { rows, notes } = accuracyTable([
    ...train,
    trainRecord("LB", 3, { diverged: true, testAccuracyPercent: NaN }),
  ]);
  assert.equal(rows[0]![1], "ours, n = 3 †");
  assert.equal(rows[0]![5], "96.50 ± 0.50");
  assert.ok(notes.includes("† Diverged, and in no mean: F1 LB trial 3."));
});

Deno.test("accuracyTable() says which data the paper has for each of its networks, and of no other", () => {
  const noteOf = (...networks: string[]) =>
    accuracyTable(networks.map((network) => trainRecord("SB", 0, { network }))).notes.join(" ");
  const both = noteOf("F2", "C1");
  assert.match(
    both,
    /: F2 721 329 frames of TIMIT .* in 1 973 classes; C1 50 000 images .*\. Test/,
  );
  assert.doesNotMatch(both, /digits/);
  assert.match(noteOf("F1"), /: F1 60 000 digits for training and 10 000 for testing\. Test/);
  assert.doesNotMatch(noteOf("mine"), /The paper has/);
});

Deno.test("accuracyTable() shows no spread for one trial", () => {
  const { rows } = accuracyTable([trainRecord("SB", 0), trainRecord("LB", 0)]);
  assert.deepEqual(rows[0]!.slice(1, 6), ["ours, n = 1", "100.00", "100.00", "97.00", "96.00"]);
});

Deno.test("fullSharpnessTable() sets means and ratio beside the paper's and judges the direction", () => {
  const { rows, data } = fullSharpnessTable([
    ...full,
    sharpnessRecord("SB", 0, 9, { epsilon: 5e-4 }),
    sharpnessRecord("LB", 0, 3, { epsilon: 5e-4 }),
    sharpnessRecord("LB", 0, 1e9, { space: { dimension: 100, distribution: "gaussian", seed: 1 } }),
  ]);
  assert.deepEqual(rows, [
    [
      "F1",
      "1e-3",
      "3",
      "2.00 ± 1.00",
      "110.00 ± 10.00",
      "55.00",
      "1.23 ± 0.83",
      "205.14 ± 69.52",
      "3/3 ✓",
    ],
    [
      "F1",
      "5e-4",
      "1",
      "9.00",
      "3.00",
      "0.333",
      "0.61 ± 0.27",
      "42.90 ± 17.14",
      "0/1 ✗ ≈",
    ],
  ]);
  assert.equal(data[0]!.ratio, 55);
});

Deno.test("fullSharpnessTable() has rows without a published counterpart for other ε", () => {
  const { rows } = fullSharpnessTable(full.map((record) => ({ ...record, epsilon: 2e-4 })));
  assert.deepEqual(rows[0]!.slice(6), ["–", "–", "3/3"]);
});

Deno.test("subspaceSharpnessTable() says how A was drawn and where the maximiser could not move", () => {
  const space = { dimension: 100, distribution: "gaussian", seed: 4 };
  const { notes } = subspaceSharpnessTable([
    sharpnessRecord("SB", 0, 0, { space, moved: false, stopReason: "gradient-small" }),
    sharpnessRecord("LB", 0, 1, { space }),
  ]);
  assert.match(notes[1]!, /A drawn gaussian, p = 100, seeds 4/);
  assert.match(notes[1]!, /gradient-small 1\/2, max-iterations 1\/2/);
  assert.match(notes[1]!, /In 1 of 2 runs the maximiser could not move/);
});

Deno.test("subspaceSharpnessTable() keeps apart what was measured in different ways", () => {
  const space = (dimension: number) => ({ dimension, distribution: "gaussian", seed: 4 });
  const { rows, data } = subspaceSharpnessTable([
    sharpnessRecord("SB", 0, 1, { space: space(100) }),
    sharpnessRecord("LB", 0, 2, { space: space(100) }),
    sharpnessRecord("SB", 0, 10, { space: space(20) }),
    sharpnessRecord("LB", 0, 90, { space: space(20) }),
  ]);
  const shown = rows.map((row) => [row[0], row[5], row[7]]);
  assert.deepEqual(shown, [["F1, p = 100", "2.00", "9.22 ± 0.56"], ["F1, p = 20", "9.00", "–"]]);
  assert.deepEqual(data.map(({ dimension }) => dimension), [100, 20]);
});

Deno.test("fullSharpnessTable() takes the best start of several for a result, not for a way", () => {
  const robust = { protocol: "robust", maxIterations: 100 };
  const { rows } = fullSharpnessTable([
    sharpnessRecord("SB", 0, 1, { ...robust, start: "corner" }),
    sharpnessRecord("LB", 0, 2, { ...robust, start: "vertex" }),
    sharpnessRecord("LB", 0, 8),
  ]);
  assert.equal(rows.length, 2);
  assert.deepEqual(rows[0]!.slice(0, 6), [
    "F1, robust, several starts, 100 iterations",
    "1e-3",
    "1",
    "1.00",
    "2.00",
    "2.00",
  ]);
  assert.deepEqual(rows[1]!.slice(2, 6), ["0 SB, 1 LB", "–", "8.00", "–"]);
});

Deno.test("fullSharpnessTable() warns of trials that a mean counts twice", () => {
  const { notes } = fullSharpnessTable([...full, sharpnessRecord("SB", 0, 7)]);
  assert.ok(notes.some((note) => note.startsWith("‡ n counts some trials more than once")));
  assert.ok(!fullSharpnessTable(full).notes.some((note) => note.startsWith("‡")));
});

Deno.test("distanceTable() averages the ratio over pairs of the same trial", () => {
  const pairs = [
    trainRecord("SB", 0, { distanceFromStart: 20 }),
    trainRecord("SB", 1, { distanceFromStart: 12 }),
    trainRecord("SB", 2, { distanceFromStart: 99 }), // without a partner
    trainRecord("LB", 0, { distanceFromStart: 5 }),
    trainRecord("LB", 1, { distanceFromStart: 6 }),
  ];
  const { rows } = distanceTable(pairs);
  assert.equal(rows[0]![4], "3.00 ± 1.41"); // of 4 and 2
});

Deno.test("ritzTable() shows values with their residuals", () => {
  const { rows } = ritzTable([ritzRecord("SB", 0, 0.01), ritzRecord("SB", 1, 0.03)]);
  assert.deepEqual(rows, [
    ["F1 SB", "2", "2.0e-6 ± 0", "4.0e-5 ± 0", "0.0200 ± 0.0141", "1.0e-4 ± 0"],
  ]);
});

Deno.test("ritzTable() leaves out points where no product was finite, and says so", () => {
  const nothing = { values: [], residuals: [], steps: 0, stopReason: "not-finite" };
  const { rows, notes } = ritzTable([
    ritzRecord("LB", 0, 2),
    ritzRecord("LB", 1, 0, { lanczos: nothing }),
  ]);
  assert.deepEqual(rows[0]!.slice(0, 2), ["F1 LB †", "1"]);
  assert.ok(notes.includes("† Diverged, and in no mean: F1 LB trial 1."));
});

Deno.test("tables of nothing say so", () => {
  for (const table of [accuracyTable, fullSharpnessTable, ritzTable, warmStartTable]) {
    const { rows, notes } = table([]);
    assert.equal(rows.length, 0);
    assert.match(notes.join(), /^Nothing was|^No warm start/);
  }
});

Deno.test("warmStartTable() is ordered by epochs and leaves out what was not measured", () => {
  const { rows } = warmStartTable([warmStartRecord(10, 3), warmStartRecord(2)]);
  assert.deepEqual(rows, [
    ["F1, SB epochs: 2", "1", "93.00", "96.00", "–"],
    ["F1, SB epochs: 10", "1", "93.00", "96.00", "3.00"],
  ]);
});

Deno.test("headline() says by how much LB is sharper, and whether the gap is distinguishable", () => {
  const [text] = headline(train, full);
  assert.match(text!, /large-batch minima are 55\.00 times as sharp/);
  assert.match(text!, /Small batches generalise better by 1\.00 points/);
  // Of the ratios 100, 55 and 40: exp of the mean of their logarithms, ± 4.303 sd/√3.
  assert.match(text!, /geometric mean 60\.37, 95 % interval 19\.0\d to 191\.\d\d\./);
  const close = train.map((r) =>
    r.regime === "SB" ? { ...r, testAccuracyPercent: 96 + r.trial } : r
  );
  assert.match(
    headline(close, full)[0]!,
    /gap of 0\.50 points .* 95 % interval -0\.74 to 1\.74\) cannot be told from none/,
  );
});

Deno.test("headline() counts the trials that agree, and judges the paper's protocol", () => {
  const literal = full.map((record) => ({ ...record, protocol: "literal", percent: 0 }));
  const [text] = headline(train, [...literal, ...full.slice(0, 5)]);
  // SB is 1 and 2, LB 100 and 110 in the two trials that have both.
  assert.match(text!, /70\.00 times as sharp .* n = 2; larger in 2 of 2 trials/);
});

/** The pairs of `full` with the converged protocol; the budget found a tenth of it, or ten times SB's. */
const converged = full.map((record) => {
  const percent = record.regime === "SB" ? record.percent * 10 : record.percent / 10;
  const budget = { start: "vertex", percent, stopReason: "max-iterations", curve: [] };
  return { ...record, protocol: "converged", budget };
});

Deno.test("fullSharpnessTable() has the paper's budget beside the converged maximum", () => {
  const { columns, rows, data } = fullSharpnessTable(converged);
  const cell = (name: string) => rows[0]![columns.indexOf(name)];
  assert.equal(cell("SB"), "2.00 ± 1.00");
  assert.equal(cell("SB, ten"), "20.00 ± 10.00");
  assert.equal(cell("LB"), "110.00 ± 10.00");
  assert.equal(cell("LB, ten"), "11.00 ± 1.00");
  assert.equal(cell("LB/SB"), "55.00"); // of the converged ones
  assert.deepEqual([data[0]!.budgetMeanSB, data[0]!.budgetMeanLB], [20, 11]);
  assert.ok(!fullSharpnessTable(full).columns.includes("SB, ten"));
});

Deno.test("headline() is of the converged maximum where there is one", () => {
  const budget = full.map((record) => ({ ...record, percent: 1 / record.percent }));
  assert.match(headline(train, [...budget, ...converged])[0]!, /55\.00 times as sharp/);
});

Deno.test("headline() says where the order is the reverse, and that means are close", () => {
  const close = TRIALS.flatMap((trial) => [
    sharpnessRecord("SB", trial, 10 * trial),
    sharpnessRecord("LB", trial, 1 + 10 * trial),
    sharpnessRecord("SB", trial, 5, { epsilon: 5e-4 }),
    sharpnessRecord("LB", trial, 4, { epsilon: 5e-4 }),
  ]);
  const [text] = headline(train, close);
  assert.match(
    text!,
    /larger in 3 of 3 trials\), the paper's direction, where the factor is 167\./,
  );
  assert.match(text!, /geometric mean 1\.07, 95 % interval 0\.\d+ to 1\.\d+, which includes 1\./);
  assert.match(
    text!,
    /At ε = 5e-4 the order of the means is the reverse\. 3 pairs do not settle it\./,
  );
  assert.equal(fullSharpnessTable(close).rows[0]!.at(-1), "3/3 ✓ ≈");
});

Deno.test("headline() calls a failed reproduction one", () => {
  const reversed = full.map((r) => ({ ...r, percent: 100 / r.percent }));
  assert.match(headline(train, reversed)[0]!, /NOT reproduced/);
  assert.match(headline(train, [])[0]!, /no pair of sharpness values/);
});

Deno.test("toMarkdown() lines its columns up", () => {
  const lines = toMarkdown(fullSharpnessTable(full)).split("\n").filter((line) =>
    line.startsWith("|")
  );
  assert.equal(new Set(lines.map((line) => [...line].length)).size, 1);
  assert.equal(lines.length, 3);
});

Deno.test("toCSV() has the numbers unrounded, one row each", () => {
  const [header, row] = toCSV(fullSharpnessTable(full)).trim().split("\n");
  const cells = Object.fromEntries(header!.split(",").map((name, k) => [name, row!.split(",")[k]]));
  assert.equal(cells.meanLB, "110");
  assert.equal(cells.epsilon, "0.001");
  assert.equal(cells.paperMeanLB, "205.14");
});

Deno.test("accuracyTable() takes the gap over pairs, and says of how many where some lack one", () => {
  const { rows, data } = accuracyTable([
    ...train,
    trainRecord("SB", 3, { testAccuracyPercent: 50 }),
  ]);
  assert.equal(rows[0]!.at(-1), "1.00 (n = 3)");
  assert.equal(data[0]!.gap, 1);
  assert.equal(accuracyTable([trainRecord("SB", 0), trainRecord("LB", 1)]).rows[0]!.at(-1), "–");
  const [small, large] = [96.55, 96.55 + 1e-4];
  const near = [
    trainRecord("SB", 0, { testAccuracyPercent: small }),
    trainRecord("LB", 0, { testAccuracyPercent: large }),
  ];
  assert.equal(accuracyTable(near).rows[0]!.at(-1), "0.00", "and not -0.00");
});

Deno.test("accuracyTable() speaks of the test set's own statistics where f has a batch's own", () => {
  const noteOf = (...modes: string[]) =>
    accuracyTable(modes.map((batchNorm, trial) => trainRecord("SB", trial, { batchNorm })))
      .notes.join(" ");
  assert.match(noteOf("batch"), /Test accuracy, too, is with the statistics of the test set's own/);
  assert.match(noteOf("batch", "running"), /Test accuracy of those with batch statistics, too,/);
  assert.doesNotMatch(noteOf("running"), /test set's own/);
  assert.deepEqual(accuracyTable([]).notes, ["Nothing was trained."]);
});

Deno.test("toMarkdown() escapes what would end a cell or begin an element", () => {
  const { rows, ...rest } = fullSharpnessTable([
    sharpnessRecord("SB", 0, 1, { network: "a|b<i>" }),
  ]);
  assert.match(toMarkdown({ rows, ...rest }), /^\| a\\\|b\\<i> \|/m);
  assert.equal(rows[0]![0], "a|b<i>");
});

import assert from "node:assert/strict";
import { batchSizeTable } from "../../lib/report/batch_size_table.ts";
import { fineTuningTable } from "../../lib/report/fine_tuning_table.ts";
import { randomLabelsTable } from "../../lib/report/random_labels_table.ts";
import { type ReinitialisedRun, reinitialisedTable } from "../../lib/report/reinitialised_table.ts";
import { measuredRun as run } from "./measured_run.ts";

Deno.test("batchSizeTable() is ordered by batch size, and counts no run that diverged", () => {
  const of = (batchSize: number, trial: number, percent: number, change = {}) =>
    run("batchSize", { regime: `b${batchSize}`, trial: `${trial}` }, percent, {
      batchSize,
      ...change,
    });
  const { rows, sources, notes } = batchSizeTable([
    of(1024, 0, 5),
    of(1024, 1, NaN, { diverged: true }),
    of(64, 0, 2),
    of(64, 1, 4),
  ]);
  assert.deepEqual(rows, [
    ["F1, batches of 64", "2", "100.00 ± 0.00", "97.00 ± 1.41", "9.00 ± 0.00", "3.00 ± 1.41"],
    ["F1, batches of 1024 †", "1", "100.00", "95.00", "9.00", "5.00"],
  ]);
  assert.deepEqual(sources[1], [
    "batchSize[regime=b1024,trial=0]",
    "batchSize[regime=b1024,trial=1]",
    "batchSizeSharpness[regime=b1024,trial=0]",
  ]);
  const text = notes.join("\n");
  assert.match(text, /ε = 0\.001\. Data mnist-10k: 8000 for training/);
  assert.match(text, /† Diverged, and in no mean: F1 batches of 1024 trial 1\./);
});

Deno.test("randomLabelsTable() has the true labels first, SB before LB", () => {
  const of = (labels: string, regime: string) =>
    run("labelled", { labels, regime, trial: "0" }, labels === "true" ? 4 : 90, {
      dataset: labels === "true" ? "digits" : "digits, random labels",
    });
  const { rows, data } = randomLabelsTable([
    of("random", "LB"),
    of("random", "SB"),
    of("true", "LB"),
    of("true", "SB"),
  ]);
  assert.deepEqual(rows.map(([name]) => name), [
    "F1, digits, SB",
    "F1, digits, LB",
    "F1, digits, random labels, SB",
    "F1, digits, random labels, LB",
  ]);
  assert.deepEqual([data[0]!.testMean, data[3]!.testMean], [96, 10]);
});

Deno.test("fineTuningTable() takes the gap between SB and LB of one trial and one start", () => {
  const of = (input: string, regime: string, percents: readonly number[]) =>
    percents.map((percent, trial) => run(input, { regime, trial: `${trial}` }, percent));
  const [SB, LB] = [
    of("fineTunedBeside", "SB", [2, 3, 4]),
    of("fineTunedBeside", "LB", [5, 7, 9]),
  ];
  const tuned = [...of("fineTuned", "LB", [3, 3]), ...of("fineTuned", "SB", [2, 3])];
  const { rows, data, notes } = fineTuningTable([...LB, ...SB], tuned);
  assert.deepEqual(rows.map(([name, n, , , gap]) => [name, n, gap]), [
    ["F1, SB from a random start", "3", "–"],
    ["F1, LB from a random start", "3", "4.00 ± 1.00"],
    ["F1, SB from a trained network", "2", "–"],
    ["F1, LB from a trained network", "2", "0.500 ± 0.707"],
  ]);
  assert.equal(data[1]!.gapMean, 4); // 3, 4, 5
  // Student's t at 97.5 %: 4.303 · 1/√3 for three gaps, 12.706 · ½ for two.
  assert.match(notes[0]!, /random start, 4\.00, 95 % interval 1\.52 to 6\.48; F1, from a trained/);
  assert.match(
    notes[0]!,
    /trained network, 0\.50, 95 % interval -5\.85 to 6\.85, which includes 0/,
  );
  // ln 5/2, ln 7/3 and ln 9/4 have the mean ln (315/24)^(1/3) and the sd 0.0529; ln 3/2 and ln 1 have
  // the mean ln √1.5 and the sd ln 1.5/√2.
  assert.match(notes[1]!, /random start, 2\.36, 95 % interval 2\.07 to 2\.69, above 1 in 3 of 3;/);
  assert.match(
    notes[1]!,
    /trained network, 1\.22, 95 % interval 0\.0932 to 16\.10, above 1 in 1 of 2\./,
  );
  const flat = of("fineTunedBeside", "SB", [2, 3, 0]);
  assert.match(
    fineTuningTable([...LB, ...flat], tuned).notes[1]!,
    /random start, 2\.42, .* above 1 in 2 of 2, without 1 with a φ of 0;/, // √(5/2 · 7/3)
  );
  const lost = tuned.map((each) =>
    each.labels.regime === "SB" && each.trial === 0 ? { ...each, diverged: true } : each
  );
  assert.equal(fineTuningTable([...LB, ...SB], lost).data[3]!.gapMean, 0, "of trial 1 alone");
  assert.deepEqual(fineTuningTable(SB, []).rows, []);
});

Deno.test("reinitialisedTable() sets the arms beside where they began, and compares them", () => {
  const of = (which: "sharpest" | "random" | "none", percents: readonly number[]) =>
    percents.map((percent, trial): ReinitialisedRun => ({
      ...run("reinitialised", { reinitialised: which, trial: `${trial}` }, percent),
      reinitialised: { which, share: 0.05, ...(which === "sharpest" && { agreement: 0.4 }) },
      start: { trainLoss: which === "none" ? 0 : 2, testAccuracyPercent: 50 },
    }));
  const pair = ["LB", "SB"].flatMap((regime) =>
    [0, 1].map((trial) =>
      run("reinitialisedFrom", { regime, trial: `${trial}` }, regime === "LB" ? 20 : 1)
    )
  );
  const { rows, data, notes } = reinitialisedTable(pair, [
    ...of("sharpest", [5, 10]),
    ...of("random", [10, 20]),
    ...of("none", [20, 20]),
  ]);
  assert.deepEqual(rows.map((row) => [row[0], row[2], row.at(-1)]), [
    ["F1, SB", "–", "–"],
    ["F1, LB", "–", "–"],
    ["F1, LB, then LB: sharpest set back", "2.00 ± 0.00", "0.375 ± 0.177"],
    ["F1, LB, then LB: random set back", "2.00 ± 0.00", "0.750 ± 0.354"],
    ["F1, LB, then LB: nothing set back", "0.00 ± 0.00", "1.00 ± 0.00"],
  ]);
  assert.deepEqual(data.map(({ reinitialised }) => reinitialised), [
    "",
    "",
    "sharpest",
    "random",
    "none",
  ]);
  const text = notes.join("\n");
  assert.match(text, /5 % of the coordinates .* agree on 40 % of the choice \(chance: 5 %\)/);
  assert.match(
    text,
    /F1: against as many random coordinates set back, .* multiply φ by 0\.500 \(geometric mean of 2 pairs, .* 0\.500 to 0\.500/,
  );
  // Test accuracies 95, 90 against 80, 80: 12.5 points, t · sd/√n = 12.706 · 2.5.
  assert.match(text, /F1: against none set back, .* add 12\.50 points .*\(-19\.27 to 44\.27\)/);
  assert.deepEqual(reinitialisedTable(pair, []).rows, [], "SB and LB alone are no study of it");
});

Deno.test("batchSizeTable() says of how many runs a mean is, and which trials count twice", () => {
  const of = (regime: string, trial: number, change = {}) =>
    run("batchSize", { regime, trial: `${trial}` }, 4, { batchSize: 256, ...change });
  const bare = { sharpness: undefined, allSharpness: [] };
  const { rows, data, notes } = batchSizeTable([of("b256", 0), of("b256", 1, bare)]);
  assert.equal(rows[0]!.at(-1), "4.00 (n = 1)");
  assert.equal(data[0]!.sharpnessN, 1);
  assert.match(notes.join(" "), /^All train for equal epochs/);
  assert.doesNotMatch(notes.join(" "), /‡/);
  const twice = batchSizeTable([of("b256", 0), of("b256-sgd", 0, { epochs: 9 })]).notes.join(" ");
  assert.match(twice, /‡ n counts some trials more than once/);
  assert.doesNotMatch(twice, /equal epochs/);
});

Deno.test("reinitialisedTable() has no diverged run of LB for a base, and no digits of float64", () => {
  const began = { trainLoss: 1, testAccuracyPercent: 50 };
  const arm: ReinitialisedRun = {
    ...run("reinitialised", { reinitialised: "random", trial: "0" }, 5),
    reinitialised: { which: "random", share: 0.07 },
    start: began,
  };
  const base = run("reinitialisedFrom", { regime: "LB", trial: "0" }, 20);
  assert.equal(reinitialisedTable([base], [arm]).rows.at(-1)!.at(-1), "0.250");
  const lost = reinitialisedTable([{ ...base, diverged: true }], [arm]);
  assert.equal(lost.rows.at(-1)!.at(-1), "–");
  assert.match(lost.notes[0]!, /^Of LB's minimum 7 % of/);
});

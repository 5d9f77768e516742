import { groupBy, sourcesOf } from "./groups.ts";
import { distinct, lostNote, trainingNote } from "./notes.ts";
import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun } from "./results.ts";
import { showSummary, summarise } from "./summary.ts";

/** Figure 4 in numbers: accuracy, distance and sharpness by batch size, smallest first. */
export function batchSizeTable(runs: readonly MeasuredRun[]): ReportTable {
  const groups = [...groupBy(runs, ({ network }) => network).values()].flatMap((own) =>
    [...groupBy(own, ({ batchSize }) => `${batchSize}`).values()]
      .sort((a, b) => a[0]!.batchSize - b[0]!.batchSize)
  ).map((group) => {
    const sound = group.filter(({ diverged }) => !diverged);
    const measured = sound.flatMap(({ sharpness }) => sharpness ? [sharpness] : []);
    return {
      group,
      sound,
      measured,
      train: summarise(sound, ({ trainAccuracyPercent }) => trainAccuracyPercent),
      test: summarise(sound, ({ testAccuracyPercent }) => testAccuracyPercent),
      distance: summarise(sound, ({ distanceFromStart }) => distanceFromStart),
      phi: summarise(measured, ({ percent }) => percent),
    };
  });
  const epsilons = groups.flatMap(({ measured }) => measured.map(({ epsilon }) => epsilon));
  return {
    name: "batch_size",
    title: "Batch size: accuracy and sharpness, mean ± sd over trials (figure 4 in numbers)",
    columns: ["", "n", "train", "test", "‖x − x₀‖₂", "φ"],
    inputs: ["batchSize", "batchSizeSharpness"],
    rows: groups.map(({ group, sound, train, test, distance, phi }) => [
      `${group[0]!.network}, batches of ${group[0]!.batchSize}${
        sound.length < group.length ? " †" : ""
      }`,
      `${sound.length}`,
      ...[train, test, distance, phi].map(showSummary),
    ]),
    sources: groups.map(({ group, measured }) => sourcesOf([...group, ...measured])),
    notes: [
      trainingNote(runs),
      `Accuracy and φ in percent, φ in full space at ε = ${
        distinct(epsilons) || "(not measured)"
      }. ` +
      "Equal epochs, so that a larger batch makes fewer steps.",
      ...lostNote(runs.map((run) => ({ ...run, name: `batches of ${run.batchSize}` }))),
    ],
    data: groups.map(({ group, sound, train, test, distance, phi }) => ({
      network: group[0]!.network,
      batchSize: group[0]!.batchSize,
      n: sound.length,
      trainMean: train?.mean ?? null,
      trainSd: train?.sd ?? null,
      testMean: test?.mean ?? null,
      testSd: test?.sd ?? null,
      distanceMean: distance?.mean ?? null,
      distanceSd: distance?.sd ?? null,
      sharpnessMean: phi?.mean ?? null,
      sharpnessSd: phi?.sd ?? null,
    })),
  };
}

import { groupBy } from "./groups.ts";
import { coversZero, gapDeviation, meanInterval } from "./interval.ts";
import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun } from "./results.ts";
import { showNumber, showPoints } from "./summary.ts";
import { ACCURACY_COLUMNS, MINIMUM_COLUMNS, runTable, smallFirst } from "./run_table.ts";

/**
 * Whether large batches do better from a trained network than from a random one: an open question.
 *
 * @param scratch SB and LB from a random start.
 * @param tuned SB and LB from weights that SB found on another task.
 */
export function fineTuningTable(
  scratch: readonly MeasuredRun[],
  tuned: readonly MeasuredRun[],
): ReportTable {
  const isTuned = new Set(tuned.map(({ source }) => source));
  const startOf = (run: MeasuredRun) =>
    isTuned.has(run.source) ? "from a trained network" : "from a random start";
  /** SB of the same trial and start, of an LB; absent where one of them diverged. */
  const partnerOf = (run: MeasuredRun): MeasuredRun | undefined => {
    if (run.labels.regime !== "LB" || run.diverged) return undefined;
    return (isTuned.has(run.source) ? tuned : scratch).find((other) =>
      other.network === run.network && other.labels.regime === "SB" && other.trial === run.trial &&
      !other.diverged
    );
  };
  const gapOf = (run: MeasuredRun): number | undefined => {
    const SB = partnerOf(run);
    return SB && SB.testAccuracyPercent - run.testAccuracyPercent;
  };
  const logRatioOf = (run: MeasuredRun): number | undefined => {
    const [SB, LB] = [partnerOf(run)?.sharpness, run.sharpness];
    return SB && LB && Math.log(LB.percent / SB.percent);
  };
  const starts = [...groupBy([...scratch, ...tuned], (run) => `${run.network}, ${startOf(run)}`)];
  return runTable(tuned.length > 0 ? [...smallFirst(scratch), ...smallFirst(tuned)] : [], {
    name: "fine_tuning",
    title: "Fine-tuning: SB and LB from a trained network, beside a random start",
    inputs: ["fineTunedBeside", "fineTunedBesideSharpness", "fineTuned", "fineTunedSharpness"],
    rowOf: (run) => `${run.labels.regime} ${startOf(run)}`,
    keysOf: (run) => ({
      regime: run.labels.regime ?? "",
      start: isTuned.has(run.source) ? "trained" : "random",
    }),
    columns: [
      ...ACCURACY_COLUMNS,
      { heading: "SB − LB", key: "gap", of: gapOf },
      ...MINIMUM_COLUMNS,
    ],
    notes: [
      "SB − LB: of test accuracies, trial by trial; " +
      starts.map(([start, runs]) =>
        gapSentence(start, runs.flatMap((run) => gapOf(run) ?? []), runs)
      )
        .join("; ") +
      ". ‖x − x₀‖₂ is from where a run began.",
      "LB/SB of φ, geometric mean over pairs: " +
      starts.map(([start, runs]) =>
        ratioSentence(start, runs.flatMap((run) => logRatioOf(run) ?? []))
      )
        .join("; ") +
      ".",
    ],
  });
}

/** `F1, from a random start, 0.30, 95 % interval -0.10 to 0.70`. */
function gapSentence(
  start: string,
  gaps: readonly number[],
  runs: readonly MeasuredRun[],
): string {
  const interval = meanInterval(gaps, gapDeviation(runs));
  if (!interval) return `${start}, there are no two pairs`;
  const [mean, low, high] = [interval.mean, interval.low, interval.high].map(showPoints);
  return `${start}, ${mean}, 95 % interval ${low} to ${high}${
    coversZero(interval) ? ", which includes 0" : ""
  }`;
}

/** `F1, from a random start, 2.77, 95 % interval 2.23 to 3.45, above 1 in 5 of 5`. */
function ratioSentence(start: string, all: readonly number[]): string {
  // Where a φ is 0 there is no ratio.
  const logRatios = all.filter(Number.isFinite);
  const interval = meanInterval(logRatios);
  if (!interval) return `${start}, φ of fewer than two pairs`;
  const [mean, low, high] = [interval.mean, interval.low, interval.high]
    .map((x) => showNumber(Math.exp(x)));
  const above = logRatios.filter((logRatio) => logRatio > 0).length;
  return `${start}, ${mean}, 95 % interval ${low} to ${high}, above 1 in ${above} of ${logRatios.length}` +
    (logRatios.length < all.length
      ? `, without ${all.length - logRatios.length} with a φ of 0`
      : "");
}

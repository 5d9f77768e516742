import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun } from "./results.ts";
import { ACCURACY_COLUMNS, MINIMUM_COLUMNS, runTable } from "./run_table.ts";
import { showNumber } from "./summary.ts";

/** What recipes for large batches (Hoffer et al. 2017) do, alone and together, beside plain SB. */
export function scalingTable(runs: readonly MeasuredRun[]): ReportTable {
  const small = ({ network, trial }: MeasuredRun) =>
    runs.find((run) =>
      run.network === network && run.labels.regime === "SB" && run.trial === trial && !run.diverged
    );
  return runTable(orderedRuns(runs), {
    name: "scaling",
    title: "Recipes for large batches: learning rate, ghosts, more epochs",
    inputs: ["scaling", "scalingSharpness"],
    rowOf: ({ labels, batchSize, learningRate }) =>
      `${labels.regime}, B = ${batchSize}, α = ${showNumber(learningRate)}`,
    keysOf: ({ labels, batchSize, learningRate }) => ({
      regime: labels.regime ?? "",
      batchSize,
      learningRate,
    }),
    columns: [
      { heading: "steps", key: "steps", of: ({ steps }) => steps },
      ...ACCURACY_COLUMNS,
      {
        heading: "SB − it",
        key: "gap",
        of: (run) => {
          const SB = run.labels.regime === "SB" ? undefined : small(run);
          return SB && SB.testAccuracyPercent - run.testAccuracyPercent;
        },
      },
      ...MINIMUM_COLUMNS,
    ],
    notes: [
      "SB − it: difference of test accuracies in points, trial by trial. sqrt and linear: α times " +
      "√(B/B₀) and B/B₀. adapted: all that is counted in epochs times B/B₀, so that there are as " +
      "many steps as with B₀. ghost: batch norm over parts of a batch. layer: layer norm instead.",
    ],
  });
}

/** Smaller batches first; in each size fewer steps, smaller rates, and shorter labels: plain first. */
function orderedRuns(runs: readonly MeasuredRun[]): MeasuredRun[] {
  const length = ({ labels }: MeasuredRun) => labels.regime?.length ?? 0;
  return runs.toSorted((a, b) =>
    a.batchSize - b.batchSize || a.steps - b.steps || a.learningRate - b.learningRate ||
    length(a) - length(b)
  );
}

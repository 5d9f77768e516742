import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun } from "./results.ts";
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
  const listOf = (run: MeasuredRun) => isTuned.has(run.source) ? tuned : scratch;
  const small = (run: MeasuredRun) =>
    listOf(run).find(({ network, labels, trial, diverged }) =>
      network === run.network && labels.regime === "SB" && trial === run.trial && !diverged
    );
  return runTable(tuned.length > 0 ? [...smallFirst(scratch), ...smallFirst(tuned)] : [], {
    name: "fine_tuning",
    title: "Fine-tuning: SB and LB from a trained network, beside a random start",
    inputs: ["fineTunedBeside", "fineTunedBesideSharpness", "fineTuned", "fineTunedSharpness"],
    rowOf: (run) =>
      `${run.network} ${run.labels.regime}, ${
        isTuned.has(run.source) ? "from a trained network" : "from a random start"
      }`,
    keysOf: (run) => ({
      network: run.network,
      regime: run.labels.regime ?? "",
      start: isTuned.has(run.source) ? "trained" : "random",
    }),
    columns: [
      ...ACCURACY_COLUMNS,
      {
        heading: "SB − LB",
        key: "gap",
        of: (run) => {
          const SB = run.labels.regime === "LB" ? small(run) : undefined;
          return SB && SB.testAccuracyPercent - run.testAccuracyPercent;
        },
      },
      ...MINIMUM_COLUMNS,
    ],
    notes: [
      "SB − LB: of test accuracies, trial by trial. ‖x − x₀‖₂ is from where a run began.",
    ],
  });
}

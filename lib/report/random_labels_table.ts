import { groupBy } from "./groups.ts";
import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun } from "./results.ts";
import { ACCURACY_COLUMNS, MINIMUM_COLUMNS, runTable, smallFirst } from "./run_table.ts";

/** What SB and LB learn of labels that mean nothing, beside the true ones. */
export function randomLabelsTable(runs: readonly MeasuredRun[]): ReportTable {
  const isTrue = ({ labels }: MeasuredRun) => labels.labels === "true";
  const ordered = [...runs.filter(isTrue), ...runs.filter((run) => !isTrue(run))];
  return runTable([...groupBy(ordered, ({ dataset }) => dataset).values()].flatMap(smallFirst), {
    name: "random_labels",
    title: "Random labels: what the network can learn by heart",
    inputs: ["labelled", "labelledSharpness"],
    rowOf: ({ dataset, labels }) => `${dataset}, ${labels.regime}`,
    keysOf: ({ dataset, labels }) => ({
      dataset,
      regime: labels.regime ?? "",
    }),
    columns: [...ACCURACY_COLUMNS, ...MINIMUM_COLUMNS],
    notes: [
      "Random labels are the training set's own, permuted once for all trials; those of the test set " +
      "are true, so that chance is one in as many as there are classes (after Zhang et al. 2017).",
    ],
  });
}

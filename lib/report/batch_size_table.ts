import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun } from "./results.ts";
import { ACCURACY_COLUMNS, MINIMUM_COLUMNS, runTable } from "./run_table.ts";

/** Figure 4 in numbers: accuracy, distance and sharpness by batch size, smallest first. */
export function batchSizeTable(runs: readonly MeasuredRun[]): ReportTable {
  const isEqual = new Set(runs.map(({ epochs }) => epochs)).size <= 1;
  return runTable(runs.toSorted((a, b) => a.batchSize - b.batchSize), {
    name: "batch_size",
    title: "Batch size: accuracy and sharpness (figure 4 in numbers)",
    inputs: ["batchSize", "batchSizeSharpness"],
    rowOf: ({ batchSize }) => `batches of ${batchSize}`,
    keysOf: ({ batchSize }) => ({ batchSize }),
    columns: [...ACCURACY_COLUMNS, ...MINIMUM_COLUMNS],
    notes: isEqual ? ["All train for equal epochs, so that a larger batch makes fewer steps."] : [],
  });
}

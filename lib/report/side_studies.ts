import { batchSizeTable } from "./batch_size_table.ts";
import { fineTuningTable } from "./fine_tuning_table.ts";
import { randomLabelsTable } from "./random_labels_table.ts";
import { type ReinitialisedRun, reinitialisedTable } from "./reinitialised_table.ts";
import { remediesTable } from "./remedies_table.ts";
import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun } from "./results.ts";
import { scalingTable } from "./scaling_table.ts";

/** What studies measured that compare more than the paper's pair; each list may be empty. */
export interface SideStudies {
  readonly batchSizes: readonly MeasuredRun[];
  readonly remedies: readonly MeasuredRun[];
  /** Runs on true and on random labels. */
  readonly labelled: readonly MeasuredRun[];
  /** SB and LB, from whose minima the re-initialised runs go on. */
  readonly reinitialisedFrom: readonly MeasuredRun[];
  readonly reinitialised: readonly ReinitialisedRun[];
  /** SB and LB from a random start, on the task that the others are fine-tuned to. */
  readonly fineTunedBeside: readonly MeasuredRun[];
  readonly fineTuned: readonly MeasuredRun[];
  /** SB and LB with recipes for the learning rate, batch norm and the number of epochs. */
  readonly scaling: readonly MeasuredRun[];
}

/** A study of the paper's pair alone. */
export const NO_SIDE_STUDIES: SideStudies = {
  batchSizes: [],
  remedies: [],
  labelled: [],
  reinitialisedFrom: [],
  reinitialised: [],
  fineTunedBeside: [],
  fineTuned: [],
  scaling: [],
};

/** The tables of those side studies that have records. */
export function sideTables(studies: SideStudies): ReportTable[] {
  return [
    batchSizeTable(studies.batchSizes),
    remediesTable(studies.remedies),
    randomLabelsTable(studies.labelled),
    reinitialisedTable(studies.reinitialisedFrom, studies.reinitialised),
    fineTuningTable(studies.fineTunedBeside, studies.fineTuned),
    scalingTable(studies.scaling),
  ].filter(({ rows }) => rows.length > 0);
}

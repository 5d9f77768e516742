import { batchSizeTable } from "./batch_size_table.ts";
import { remediesTable } from "./remedies_table.ts";
import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun } from "./results.ts";

/** What studies measured that compare more than the paper's pair; each list may be empty. */
export interface SideStudies {
  readonly batchSizes: readonly MeasuredRun[];
  readonly remedies: readonly MeasuredRun[];
}

/** A study of the paper's pair alone. */
export const NO_SIDE_STUDIES: SideStudies = { batchSizes: [], remedies: [] };

/** The tables of those side studies that have records. */
export function sideTables({ batchSizes, remedies }: SideStudies): ReportTable[] {
  return [batchSizeTable(batchSizes), remediesTable(remedies)].filter(({ rows }) =>
    rows.length > 0
  );
}

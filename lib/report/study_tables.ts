import { accuracyTable } from "./accuracy_table.ts";
import { distanceTable } from "./distance_table.ts";
import type { ReportTable } from "./report_table.ts";
import type { StudyRecords } from "./results.ts";
import { ritzTable } from "./ritz_table.ts";
import { fullSharpnessTable, subspaceSharpnessTable } from "./sharpness_table.ts";
import { warmStartTable } from "./warm_start_table.ts";

/** All tables of a study, in the order in which they are read. */
export function studyTables({ train, sharpness, ritz, warm }: StudyRecords): ReportTable[] {
  return [
    accuracyTable(train),
    fullSharpnessTable(sharpness),
    subspaceSharpnessTable(sharpness),
    distanceTable(train),
    ritzTable(ritz),
    warmStartTable(warm),
  ];
}

import { accuracyTable } from "./accuracy_table.ts";
import { diffusingRuns, diffusionTable } from "./diffusion_table.ts";
import { distanceTable } from "./distance_table.ts";
import { measuresTable } from "./measures_table.ts";
import { maximiserTable } from "./maximiser_table.ts";
import type { ReportTable } from "./report_table.ts";
import type { HistoryRecord, StudyRecords } from "./results.ts";
import { performanceTable } from "./performance_table.ts";
import { ritzTable } from "./ritz_table.ts";
import { fullSharpnessTable, subspaceSharpnessTable } from "./sharpness_table.ts";
import { type SideStudies, sideTables } from "./side_studies.ts";
import { spectrumTable } from "./spectrum_table.ts";
import { warmStartTable } from "./warm_start_table.ts";

/**
 * All tables of a study, in the order in which they are read. Those of the paper's pair, SB and LB,
 * come first, then those of side studies; beside these a table of the pair without a row is left
 * out.
 */
export function studyTables(
  { train, sharpness, ritz, spectra, measures, warm }: StudyRecords,
  histories: readonly HistoryRecord[],
  sides: SideStudies,
): ReportTable[] {
  const pair = [
    accuracyTable(train),
    fullSharpnessTable(sharpness),
    subspaceSharpnessTable(sharpness),
    distanceTable(train),
    ritzTable(ritz),
    spectrumTable(spectra),
    measuresTable(sharpness, spectra, measures),
    warmStartTable(warm),
  ];
  const performance = performanceTable(train, histories);
  const diffusion = diffusionTable(diffusingRuns(train, sides.scaling));
  const maximisers = maximiserTable(sharpness);
  const beyond = sideTables(sides);
  const hasRows = ({ rows }: ReportTable) => rows.length > 0;
  return [
    ...(beyond.length > 0 ? pair.filter(hasRows) : pair),
    ...[performance, diffusion, maximisers].filter(hasRows),
    ...beyond,
  ];
}

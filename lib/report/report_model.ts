/** The report of a study as far as it follows from its results alone; see `page/` for the rest. */
import { type Claim, claims } from "./claims.ts";
import { type Evidence, evidenceOf } from "./evidence.ts";
import type { MissingFigure } from "./figures/figure.ts";
import { type RenderedFigure, renderFigure } from "./figures/render.ts";
import { sideFigures } from "./figures/side_figures.ts";
import { studyFigures } from "./figures/study_figures.ts";
import { headline } from "./headline.ts";
import type { ReportTable } from "./report_table.ts";
import type { CurveRecords, StudyRecords } from "./results.ts";
import { NO_SIDE_STUDIES, type SideStudies, sideTables } from "./side_studies.ts";
import { studyTables } from "./study_tables.ts";

/** Everything that the page shows of the results. */
export interface ReportModel {
  /** The findings in sentences, one for each network. */
  readonly headline: readonly string[];
  readonly claims: readonly Claim[];
  /** The headline's figure first. */
  readonly figures: readonly (RenderedFigure | MissingFigure)[];
  readonly tables: readonly ReportTable[];
  /** Names of the tables that the study is about, if it compares more than SB and LB. */
  readonly subjects: readonly string[];
  readonly evidence: readonly Evidence[];
}

/** Makes the report of a study; equal results give equal bytes. */
export async function reportModel(
  study: StudyRecords,
  curves: CurveRecords,
  sides: SideStudies = NO_SIDE_STUDIES,
): Promise<ReportModel> {
  const figures = [...studyFigures(study, curves), ...sideFigures(sides)];
  return {
    headline: headline(study.train, study.sharpness),
    claims: claims(study.train, study.sharpness),
    figures: await Promise.all(
      figures.map((figure) => "panels" in figure ? renderFigure(figure) : figure),
    ),
    tables: studyTables(study, curves.histories, sides),
    subjects: sideTables(sides).map(({ name }) => name),
    evidence: evidenceOf(study, curves, sides),
  };
}

import type { HistoryRecord, StudyRecords } from "../results.ts";
import { curvatureFigure } from "./curvature_figure.ts";
import { distanceFigure } from "./distance_figure.ts";
import type { Figure, MissingFigure } from "./figure.ts";
import { headlineFigure } from "./headline_figure.ts";
import { maximiserCurves } from "./maximiser_curves.ts";
import { subspaceFigure } from "./subspace_figure.ts";
import { trainingCurves } from "./training_curves.ts";
import { warmStartFigure } from "./warm_start_figure.ts";

/** All figures in the order in which they are read; the headline's comes first. */
export function studyFigures(
  { train, sharpness, ritz, warm }: StudyRecords,
  histories: readonly HistoryRecord[],
): (Figure | MissingFigure)[] {
  return [
    headlineFigure(train, sharpness),
    maximiserCurves(sharpness),
    subspaceFigure(sharpness),
    trainingCurves(histories),
    ...WITHOUT_STAGES,
    warmStartFigure(warm),
    distanceFigure(histories),
    curvatureFigure(ritz),
  ];
}

/** The paper's figures that rest on stages which no study has yet. */
const WITHOUT_STAGES: readonly MissingFigure[] = [
  {
    name: "figure3",
    title: "Figures 3 and 7: loss and accuracy on paths between SB and LB",
    missing: "No stage of this study evaluates paths between minima.",
  },
  {
    name: "figure4",
    title: "Figure 4: test accuracy and sharpness against batch size",
    missing: "This study has no axis of batch sizes, only SB and LB.",
  },
  {
    name: "figure6",
    title: "Figure 6: sharpness against loss along training",
    missing: "No stage of this study measures sharpness at the iterates of a run.",
  },
];

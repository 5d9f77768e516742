import type { CurveRecords, StudyRecords } from "../results.ts";
import { batchSizeFigure } from "./batch_size_figure.ts";
import { curvatureFigure } from "./curvature_figure.ts";
import { diffusionFigure } from "./diffusion_figure.ts";
import { distanceFigure } from "./distance_figure.ts";
import type { Figure, MissingFigure } from "./figure.ts";
import { headlineFigure } from "./headline_figure.ts";
import { maximiserCurves } from "./maximiser_curves.ts";
import { pathFigure } from "./path_figure.ts";
import { spectrumFigure } from "./spectrum_figure.ts";
import { subspaceFigure } from "./subspace_figure.ts";
import { surfaceFigures } from "./surface_figure.ts";
import { trainingCurves } from "./training_curves.ts";
import { trajectoryFigure } from "./trajectory_figure.ts";
import { warmStartFigure } from "./warm_start_figure.ts";

/** All figures in the order in which they are read; the headline's comes first. */
export function studyFigures(
  { train, sharpness, ritz, spectra, warm }: StudyRecords,
  { histories, paths, trajectories, batchSizes, diffusions, surfaces }: CurveRecords,
): (Figure | MissingFigure)[] {
  return [
    headlineFigure(train, sharpness),
    maximiserCurves(sharpness),
    subspaceFigure(sharpness),
    trainingCurves(histories),
    pathFigure(paths, "linear"),
    batchSizeFigure(batchSizes),
    warmStartFigure(warm),
    trajectoryFigure(trajectories),
    pathFigure(paths, "curvilinear"),
    distanceFigure(histories),
    diffusionFigure(diffusions),
    curvatureFigure(ritz),
    spectrumFigure(spectra),
    ...surfaceFigures(surfaces),
  ];
}

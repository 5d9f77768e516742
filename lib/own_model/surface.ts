/** The picture that `basin measure --surface` draws: f on a plane of random directions. */
import { filterNormalisedPair } from "../landscape/filter_normalised.ts";
import { planePoint } from "../landscape/plane.ts";
import { centredGrid } from "../landscape/plane_grid.ts";
import { filterBlocks } from "../networks/filter_blocks.ts";
import type { ClassifierObjective } from "../objective/objective_of.ts";
import { renderFigure } from "../report/figures/render.ts";
import { heatRange, surfacePanel } from "../report/figures/surface_panel.ts";
import type { SurfaceRecord } from "../report/surface_results.ts";
import type { MeasurePoint } from "./point.ts";

/** Points of the grid a side; the minimum is the one in the middle. */
const POINTS = 15;

/**
 * Evaluates f on a grid of 15 × 15 points, 1 in each direction being as long as the weights.
 *
 * @param path Ends in `.svg` for the picture, otherwise it becomes the same as Vega-Lite.
 * @param note Told of each row.
 * @returns The file's text.
 */
export async function surfaceText(
  { net, weights: { x }, options, dataset }: MeasurePoint,
  objective: Pick<ClassifierObjective, "performance">,
  path: string,
  note: (text: string) => void,
): Promise<string> {
  const directions = filterNormalisedPair(x, filterBlocks(net), options.seed);
  const { as, bs } = centredGrid(1, POINTS);
  const rows = [];
  for (const [k, b] of bs.entries()) {
    const losses = [];
    for (const a of as) {
      losses.push((await objective.performance(planePoint({ origin: x, directions }, a, b))).loss);
    }
    rows.push({ trainLoss: losses, ...NOTHING_MORE });
    note(`row ${k + 1} of ${bs.length}`);
  }
  const loss = rows[(POINTS - 1) / 2]!.trainLoss[(POINTS - 1) / 2]!;
  const record: SurfaceRecord = {
    network: net.name,
    trial: 0,
    diverged: false,
    source: "",
    plane: "random",
    as,
    bs,
    rows,
    marks: [{ name: "x", isMinimum: true, a: 0, b: 0, distance: 0, trainLoss: loss }],
    facts: {},
  };
  const { svg, vegaLite } = await renderFigure({
    name: "surface",
    title: `${net.name} on ${dataset.name}: loss in two random directions, filter-normalised`,
    caption: "",
    alternative: "",
    sources: [],
    panels: [surfacePanel("surface", record, "trainLoss", heatRange([record]), "loss")],
  });
  return `${path.endsWith(".svg") ? svg : JSON.stringify(vegaLite)}\n`;
}

/** What the picture does not show. */
const NOTHING_MORE = { trainAccuracyPercent: [], testLoss: [], testAccuracyPercent: [] };

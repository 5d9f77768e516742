/** What `basin measure --surface` evaluates: f on a plane of random directions. */
import { filterNormalisedPair } from "../landscape/filter_normalised.ts";
import { planePoint } from "../landscape/plane.ts";
import { centredGrid } from "../landscape/plane_grid.ts";
import type { ClassifierObjective } from "../objective/objective_of.ts";
import type { SurfaceRecord } from "../report/surface_results.ts";
import type { MeasurePoint } from "./point.ts";

/** Points of the grid a side; the minimum is the one in the middle. */
const POINTS = 15;

/** What the picture does not show. */
const NOTHING_MORE = { trainAccuracyPercent: [], testLoss: [], testAccuracyPercent: [] };

/**
 * Evaluates f on a grid of 15 × 15 points, 1 in each direction being as long as the weights.
 *
 * @param note Told of each row.
 */
export async function surfaceOf(
  { net, weights: { x }, filters, options }: MeasurePoint,
  objective: Pick<ClassifierObjective, "performance">,
  note: (text: string) => void,
): Promise<SurfaceRecord> {
  const directions = filterNormalisedPair(x, filters, options.seed);
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
  return {
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
}

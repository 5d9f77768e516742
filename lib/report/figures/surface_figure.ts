import { groupBy, sourcesOf } from "../groups.ts";
import { showNumber } from "../summary.ts";
import type { SurfaceRecord } from "../surface_results.ts";
import type { Figure, MissingFigure } from "./figure.ts";
import { solidOf } from "./surface_solid.ts";
import { heatRange, surfacePanel } from "./surface_panel.ts";

/** How the planes are called, and what there is to see on each. */
const PLANES = {
  random: {
    title: "Loss surface in two random directions, filter-normalised",
    caption:
      "The wider the light valley, the flatter the minimum in its middle: 1 on an axis is a " +
      "step as long as the weights themselves (Li et al. 2018).",
  },
  eigenvectors: {
    title: "Loss surface in the two sharpest directions",
    caption: "The narrower the light valley, the sharper the minimum in its middle: the axes are " +
      "distances along the two largest eigenvectors of the Hessian.",
  },
  trajectory: {
    title: "Loss surface along training",
    caption: "The line is the way of training, from its first point kept to the minimum, on the " +
      "plane that it lies nearest to; the axes are distances.",
  },
  minima: {
    title: "Loss surface through three minima",
    caption: "A ridge between two minima means that they lie in valleys of their own: the plane " +
      "goes through SB's minimum, LB's, and SB's of another trial.",
  },
} as const;

/** The surfaces of every kind of plane that was evaluated; one missing figure if none was. */
export function surfaceFigures(records: readonly SurfaceRecord[]): (Figure | MissingFigure)[] {
  const own = records.filter(({ diverged, rows }) => !diverged && rows.length > 1);
  if (own.length === 0) {
    const missing = "No stage of this study evaluates f on a plane. The profile `surface` does.";
    return [{ name: "surface", title: "Loss surfaces", missing }];
  }
  return Object.entries(PLANES).flatMap(([plane, { title, caption }]) =>
    [...groupBy(own.filter((record) => record.plane === plane), groupOf)].map(([group, pair], k) =>
      surfaceFigure(`surface-${plane}${k > 0 ? `-${k + 1}` : ""}`, title, caption, group, pair)
    )
  );
}

/** SB and LB of one trial stand beside each other. */
function groupOf({ network, trial }: SurfaceRecord): string {
  return `${network}, trial ${trial}`;
}

function surfaceFigure(
  name: string,
  title: string,
  caption: string,
  group: string,
  pair: readonly SurfaceRecord[],
): Figure {
  const records = pair.toSorted((a, b) => (b.regime ?? "").localeCompare(a.regime ?? ""));
  const range = heatRange(records);
  return {
    name,
    title: `${title}: ${group}`,
    caption: `${caption} Darker is worse, on one scale for all panels of a kind; the loss is ` +
      "logarithmic. From one contour line to the next the loss grows by a factor of 1.8 (four are " +
      "ten), and the accuracy changes by ten points.",
    alternative: records.map(inWords).join(" "),
    panels: [
      ...records.map((record) => surfacePanel(`${name}-loss`, record, "trainLoss", range)),
      ...records.map((record) =>
        surfacePanel(`${name}-accuracy`, record, "testAccuracyPercent", [0, 100])
      ),
    ],
    solids: records.map((record) => solidOf(record, range)),
    sources: sourcesOf(records),
  };
}

function inWords({ regime, rows, facts, marks, as, bs }: SurfaceRecord): string {
  const losses = rows.flatMap(({ trainLoss }) => trainLoss).filter(Number.isFinite);
  const least = Math.min(...marks.filter(({ isMinimum }) => isMinimum).map((m) => m.trainLoss));
  const below = losses.filter((loss) => loss < 10 * least).length / losses.length;
  const { eigenvalues, shares } = facts;
  return [
    `${regime ?? "Three minima"}: over ${showNumber(as.at(-1)! - as[0]!)} by ` +
    `${showNumber(bs.at(-1)! - bs[0]!)}, the loss goes from ${
      showNumber(Math.min(...losses))
    } to ` +
    `${showNumber(Math.max(...losses))}; on ${showNumber(100 * below)} % of the plane it is less ` +
    "than ten times the minimum's.",
    ...(eigenvalues
      ? [`The largest eigenvalues are ${eigenvalues.map(showNumber).join(" and ")}.`]
      : []),
    ...(shares
      ? [
        `The two directions hold ${
          showNumber(100 * shares.reduce((sum, share) => sum + share, 0))
        } % of the squared distances from the end.`,
      ]
      : []),
  ].join(" ");
}

import { sourcesOf } from "../groups.ts";
import type { PathRecord } from "../results.ts";
import { showNumber } from "../summary.ts";
import type { Figure, MissingFigure, Panel } from "./figure.ts";
import { magnitudes, PANEL_SIZE, rounded } from "./theme.ts";

/** The paper's two kinds of path, and the number of the figure that has them. */
const KINDS = {
  linear: {
    name: "figure3",
    title: "Figure 3: the straight line through the minima of SB and LB",
    formula: "f(α x_LB + (1 − α) x_SB)",
  },
  curvilinear: {
    name: "figure7",
    title: "Figure 7: a curve through the minima of SB and LB",
    formula: "f(sin(απ/2) x_LB + cos(απ/2) x_SB)",
  },
} as const;

const ALPHA = {
  field: "alpha",
  type: "quantitative",
  title: "α (0 is SB's minimum, 1 is LB's)",
  scale: { nice: false },
} as const;

/** Figures 3 and 7: loss on the left axis, accuracy on the right, against α. */
export function pathFigure(
  records: readonly PathRecord[],
  kind: PathRecord["kind"],
): Figure | MissingFigure {
  const { name, title, formula } = KINDS[kind];
  const own = records.filter((record) =>
    record.kind === kind && !record.diverged && record.points.length > 1
  );
  if (own.length === 0) {
    const missing =
      "No stage of this study evaluates f on such paths. The figure appears when one " +
      "is bound to the input `path` of the stage `report`.";
    return { name, title, missing };
  }
  return {
    name,
    title,
    caption: `${formula}: cross-entropy in blue on the left axis, accuracy in vermilion on the ` +
      "right one; solid on the training set, dashed on the test set. A sharp minimum is a narrow " +
      "valley.",
    alternative: own.map(inWords).join(" "),
    panels: own.map((record, k) => pathPanel(record, `${name}-${k + 1}`)),
    sources: sourcesOf(own),
  };
}

function pathPanel({ network, trial, points }: PathRecord, name: string): Panel {
  const values = points.flatMap((point) =>
    (["train", "test"] as const).map((set) => ({
      set,
      alpha: rounded(point.alpha),
      loss: rounded(point[`${set}Loss`]),
      accuracy: rounded(point[`${set}AccuracyPercent`]),
    }))
  ).filter(({ loss, accuracy }) => Number.isFinite(loss) && Number.isFinite(accuracy));
  const { scale, axis } = magnitudes(values.map(({ loss }) => loss));
  const layer = (field: string, colour: string, y: object) => ({
    mark: { type: "line", color: colour, point: { color: colour, size: 20 } },
    encoding: {
      x: ALPHA,
      y: { field, type: "quantitative", ...y },
      strokeDash: {
        field: "set",
        type: "nominal",
        title: null,
        scale: { domain: ["train", "test"], range: [[1, 0], [5, 3]] },
        legend: { symbolType: "stroke", symbolStrokeColor: "var(--muted)" },
      },
      tooltip: [
        { field: "set", title: "set" },
        { field: "alpha", title: "α" },
        { field: "loss", title: "cross-entropy", format: ".4~g" },
        { field: "accuracy", title: "accuracy in %", format: ".4~g" },
      ],
    },
  });
  return {
    name,
    title: `${network}, trial ${trial}`,
    spec: {
      ...PANEL_SIZE,
      data: { values },
      layer: [
        layer("loss", "var(--sb)", {
          title: "cross-entropy in nats",
          scale,
          axis: { ...axis, titleColor: "var(--sb)" },
        }),
        layer("accuracy", "var(--lb)", {
          title: "accuracy in %",
          scale: { domain: [0, 100] },
          axis: { orient: "right", grid: false, titleColor: "var(--lb)" },
        }),
      ],
      resolve: { scale: { y: "independent" } },
    },
  };
}

function inWords({ network, trial, points }: PathRecord): string {
  const highest = points.reduce((a, b) => b.trainLoss > a.trainLoss ? b : a);
  const at = (alpha: number) => points.find((point) => point.alpha === alpha)?.trainLoss;
  const ends = ([["SB", 0], ["LB", 1]] as const).flatMap(([regime, alpha]) => {
    const loss = at(alpha);
    return loss === undefined ? [] : [`${showNumber(loss)} at ${regime}'s minimum`];
  });
  return `${network}, trial ${trial}: the training loss is ${ends.join(" and ")}; on the path it ` +
    `is largest at α = ${highest.alpha}, ${showNumber(highest.trainLoss)}.`;
}

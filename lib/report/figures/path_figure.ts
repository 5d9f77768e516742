import { sourcesOf } from "../groups.ts";
import type { PathRecord } from "../results.ts";
import { showNumber } from "../summary.ts";
import type { Figure, MissingFigure, Panel } from "./figure.ts";
import { magnitudes, PANEL_SIZE, REGIME_COLOUR, REGIME_SHAPE, rounded } from "./theme.ts";

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
  axis: { tickMinStep: 0.5, format: "~g" },
} as const;

/** Figures 3 and 7: loss and accuracy against α. */
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
    caption:
      `The narrower the valley around a minimum, the sharper it is: ${formula}, solid on the ` +
      "training set, dashed on the test set, with the minima of SB and LB marked. The axis of " +
      "accuracy begins below the lowest value.",
    alternative: own.map(inWords).join(" "),
    panels: own.flatMap((record, k) => pathPanels(record, `${name}-${k + 1}`)),
    sources: sourcesOf(own),
  };
}

/** Loss and accuracy have panels of their own: two axes on one plot are read wrongly. */
function pathPanels(record: PathRecord, name: string): Panel[] {
  const { network, trial, points } = record;
  const title = `${network}, trial ${trial}`;
  const losses = points.flatMap(({ trainLoss, testLoss }) => [trainLoss, testLoss])
    .filter(Number.isFinite);
  const accuracies = points.flatMap((
    point,
  ) => [point.trainAccuracyPercent, point.testAccuracyPercent])
    .filter(Number.isFinite);
  const lowest = Math.min(90, 10 * Math.floor(Math.min(...accuracies) / 10));
  return [
    pathPanel(record, `${name}-loss`, `${title}: loss`, "Loss", {
      title: "cross-entropy in nats",
      ...magnitudes(losses),
    }),
    pathPanel(record, `${name}-accuracy`, `${title}: accuracy`, "AccuracyPercent", {
      title: "accuracy in %",
      scale: { domain: [lowest, 100] },
    }),
  ];
}

function pathPanel(
  { points }: PathRecord,
  name: string,
  title: string,
  quantity: "Loss" | "AccuracyPercent",
  y: { readonly title: string; readonly scale: object; readonly axis?: object },
): Panel {
  const values = points.flatMap((point) =>
    (["train", "test"] as const).map((set) => ({
      set,
      alpha: rounded(point.alpha),
      value: rounded(point[`${set}${quantity}`]),
    }))
  ).filter(({ value }) => Number.isFinite(value));
  const ends = values.filter(({ set, alpha }) => set === "train" && (alpha === 0 || alpha === 1))
    .map(({ alpha, value }) => ({ regime: alpha === 0 ? "SB" : "LB", alpha, value }));
  const at = { x: ALPHA, y: { field: "value", type: "quantitative", ...y } };
  const tooltip = [
    { field: "set", title: "set" },
    { field: "alpha", title: "α" },
    { field: "value", title: y.title, format: ".4~g" },
  ];
  return {
    name,
    title,
    spec: {
      ...PANEL_SIZE,
      layer: [
        {
          data: { values },
          mark: { type: "line", color: "var(--ink)", point: { color: "var(--ink)", size: 16 } },
          encoding: {
            ...at,
            strokeDash: {
              field: "set",
              type: "nominal",
              title: null,
              scale: { domain: ["train", "test"], range: [[1, 0], [5, 3]] },
              legend: { symbolType: "stroke", symbolStrokeColor: "var(--ink)" },
            },
            tooltip,
          },
        },
        {
          data: { values: ends },
          mark: { type: "point", size: 90 },
          encoding: { ...at, color: REGIME_COLOUR, shape: REGIME_SHAPE },
        },
      ],
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

import { groupBy, sourcesOf } from "../groups.ts";
import type { HistoryPoint, HistoryRecord } from "../results.ts";
import { showNumber } from "../summary.ts";
import type { Figure, MissingFigure, Panel } from "./figure.ts";
import {
  END_MARK,
  magnitudes,
  PANEL_SIZE,
  pickedOpacity,
  REGIME_COLOUR,
  REGIME_PICK,
  REGIME_SHAPE,
  rounded,
} from "./theme.ts";

const TITLE = "Figure 2: accuracy and loss along training";

const EPOCH = {
  field: "epoch",
  type: "quantitative",
  title: "epoch",
  scale: { nice: false },
  axis: { tickMinStep: 1, format: "d" },
} as const;

/** A value of one run after one epoch. */
interface CurveValue {
  readonly regime: string;
  readonly trial: number;
  readonly set: "train" | "test";
  readonly epoch: number;
  readonly value: number;
}

/** Figure 2: accuracy against epochs, solid on the training and dashed on the test set. */
export function trainingCurves(records: readonly HistoryRecord[]): Figure | MissingFigure {
  const own = records.filter(({ diverged, points }) => !diverged && points.length > 1);
  if (own.length === 0) {
    return { name: "figure2", title: TITLE, missing: "No run has a history of two epochs yet." };
  }
  const networks = [...groupBy(own, ({ network }) => network)];
  return {
    name: "figure2",
    title: TITLE,
    caption:
      "See how fast both come to the same training loss, and where they part on the test set. " +
      "Thick lines are means over trials, thin ones the trials; solid on the training set, " +
      "dashed on the test set. The axis of accuracy begins at the lowest value after the first " +
      "epoch. The loss is f, the mean cross-entropy over the whole training set.",
    alternative: networks.map(([network, runs]) => `${network}: ${inWords(runs)}`).join(" "),
    panels: networks.flatMap(([network, runs]) => [
      accuracyPanel(network, runs),
      lossPanel(network, runs),
    ]),
    sources: sourcesOf(own),
  };
}

function accuracyPanel(network: string, runs: readonly HistoryRecord[]): Panel {
  const values = (["train", "test"] as const).flatMap((set) =>
    valuesOf(
      runs,
      set,
      (point) => 100 * (set === "train" ? point.trainAccuracy : point.testAccuracy),
    )
  );
  const lowest = Math.min(...values.filter(({ epoch }) => epoch > 0).map(({ value }) => value));
  return curvePanel(`accuracy-${network}`, `${network}: accuracy`, values, {
    title: "accuracy in %",
    scale: { domain: [Math.floor(lowest), 100], nice: false },
  });
}

function lossPanel(network: string, runs: readonly HistoryRecord[]): Panel {
  const values = valuesOf(runs, "train", ({ trainLoss }) => trainLoss);
  return curvePanel(`loss-${network}`, `${network}: training loss`, values, {
    title: "cross-entropy in nats",
    ...magnitudes(values.map(({ value }) => value)),
  });
}

function curvePanel(
  name: string,
  title: string,
  values: readonly CurveValue[],
  y: { readonly title: string; readonly scale: object; readonly axis?: object },
): Panel {
  const encoding = {
    x: EPOCH,
    color: REGIME_COLOUR,
    strokeDash: {
      field: "set",
      type: "nominal",
      title: null,
      scale: { domain: ["train", "test"], range: [[1, 0], [5, 3]] },
    },
  };
  const tooltip = [
    { field: "regime", title: "batches" },
    { field: "set", title: "set" },
    { field: "epoch", title: "epoch" },
    { field: "value", type: "quantitative", title: y.title, format: ".5~g" },
    { field: "trial", title: "trial" },
  ];
  const valueAxis = { field: "value", type: "quantitative", ...y };
  const meanTooltip = [
    ...tooltip.slice(0, 3),
    { aggregate: "mean", field: "value", title: `${y.title}, mean`, format: ".5~g" },
    { aggregate: "count", title: "trials" },
  ];
  const mean = { ...encoding, y: { ...valueAxis, aggregate: "mean" }, opacity: pickedOpacity() };
  return {
    name,
    title,
    spec: {
      ...PANEL_SIZE,
      data: { values },
      layer: [
        {
          mark: { type: "line", strokeWidth: 0.75, clip: true },
          encoding: {
            ...encoding,
            y: valueAxis,
            detail: { field: "trial" },
            opacity: pickedOpacity(0.3),
            tooltip,
          },
        },
        {
          params: [REGIME_PICK],
          mark: { type: "line", strokeWidth: 2, clip: true },
          encoding: mean,
        },
        {
          transform: [
            { joinaggregate: [{ op: "max", field: "epoch", as: "last" }], groupby: ["regime"] },
            { filter: "datum.epoch === datum.last" },
          ],
          mark: END_MARK,
          encoding: {
            x: encoding.x,
            y: mean.y,
            color: REGIME_COLOUR,
            shape: REGIME_SHAPE,
            detail: { field: "set" },
            opacity: mean.opacity,
          },
        },
        {
          // Invisible, but wide enough for a pointer or a finger.
          mark: { type: "point", size: 90, opacity: 0, clip: true },
          encoding: {
            x: encoding.x,
            y: mean.y,
            detail: [{ field: "regime" }, { field: "set" }],
            tooltip: meanTooltip,
          },
        },
      ],
    },
  };
}

function valuesOf(
  runs: readonly HistoryRecord[],
  set: CurveValue["set"],
  valueOf: (point: HistoryPoint) => number,
): CurveValue[] {
  return runs.flatMap(({ regime, trial, points }) =>
    points.map((point) => ({ regime, trial, set, epoch: point.epoch, value: valueOf(point) }))
      .filter(({ value }) => Number.isFinite(value))
      .map((row) => ({ ...row, value: rounded(row.value) }))
  );
}

/** Where the curves end, on average over trials. */
function inWords(runs: readonly HistoryRecord[]): string {
  const sentences = (["SB", "LB"] as const).flatMap((regime) => {
    const ends = runs.filter((run) => run.regime === regime).map(({ points }) => points.at(-1)!);
    if (ends.length === 0) return [];
    const mean = (of: (point: HistoryPoint) => number) =>
      showNumber(ends.reduce((sum, point) => sum + of(point), 0) / ends.length);
    return [
      `${regime} ends at ${mean(({ trainAccuracy }) => 100 * trainAccuracy)} % on the training ` +
      `and ${mean(({ testAccuracy }) => 100 * testAccuracy)} % on the test set`,
    ];
  });
  return `${sentences.join("; ")}.`;
}

import { groupBy, sourcesOf } from "../groups.ts";
import type { HistoryRecord } from "../results.ts";
import { showNumber } from "../summary.ts";
import type { Figure, MissingFigure, Panel } from "./figure.ts";
import {
  END_MARK,
  PANEL_SIZE,
  pickedOpacity,
  REGIME_COLOUR,
  REGIME_PICK,
  REGIME_SHAPE,
  rounded,
} from "./theme.ts";

const NAME = "distance";
const TITLE = "Distance from the common start along training";

/** ‖x_k − x₀‖₂ against epochs: the paper says that SB goes 3 to 10 times as far as LB. */
export function distanceFigure(records: readonly HistoryRecord[]): Figure | MissingFigure {
  const own = records.filter(({ diverged, points }) => !diverged && points.length > 1);
  if (own.length === 0) {
    return { name: NAME, title: TITLE, missing: "No run has a history of two epochs yet." };
  }
  const networks = [...groupBy(own, ({ network }) => network)];
  return {
    name: NAME,
    title: TITLE,
    caption:
      "See which batches go farther from the start. A line is a run, and the mark its end. Both " +
      "runs of a trial start at the same point. In the paper, SB ends 3 to 10 times as far from " +
      "it as LB.",
    alternative: networks.map(([network, runs]) =>
      `${network}: ${
        (["SB", "LB"] as const).flatMap((regime) => {
          const ends = runs.filter((run) => run.regime === regime)
            .map(({ points }) => points.at(-1)!.distanceFromStart);
          if (ends.length === 0) return [];
          const [low, high] = [Math.min(...ends), Math.max(...ends)].map(showNumber);
          return [`${regime} ends ${low} to ${high} from the start`];
        }).join(", ")
      }.`
    ).join(" "),
    panels: networks.map(([network, runs]) => distancePanel(network, runs)),
    sources: sourcesOf(own),
  };
}

function distancePanel(network: string, runs: readonly HistoryRecord[]): Panel {
  const values = runs.flatMap(({ regime, trial, points }) =>
    points.filter(({ distanceFromStart }) => Number.isFinite(distanceFromStart))
      .map(({ epoch, distanceFromStart }) => ({
        regime,
        trial,
        epoch,
        distance: rounded(distanceFromStart),
      }))
  );
  const encoding = {
    x: {
      field: "epoch",
      type: "quantitative",
      title: "epoch",
      scale: { nice: false },
      axis: { tickMinStep: 1, format: "d" },
    },
    y: { field: "distance", type: "quantitative", title: "‖x − x₀‖₂" },
    color: REGIME_COLOUR,
  };
  return {
    name: `${NAME}-${network}`,
    title: `${network}: distance from the start`,
    spec: {
      ...PANEL_SIZE,
      data: { values },
      layer: [
        {
          params: [REGIME_PICK],
          mark: "line",
          encoding: { ...encoding, detail: { field: "trial" }, opacity: pickedOpacity(0.85) },
        },
        {
          transform: [
            {
              joinaggregate: [{ op: "max", field: "epoch", as: "last" }],
              groupby: ["regime", "trial"],
            },
            { filter: "datum.epoch === datum.last" },
          ],
          mark: END_MARK,
          encoding: { ...encoding, shape: REGIME_SHAPE, opacity: pickedOpacity(0.85) },
        },
        {
          // Invisible, but wide enough for a pointer or a finger.
          mark: { type: "point", size: 60, opacity: 0 },
          encoding: {
            ...encoding,
            shape: REGIME_SHAPE,
            tooltip: [
              { field: "regime", title: "batches" },
              { field: "trial", title: "trial" },
              { field: "epoch", title: "epoch" },
              { field: "distance", title: "distance", format: ".4~g" },
            ],
          },
        },
      ],
    },
  };
}

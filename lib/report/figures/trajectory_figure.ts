import { groupBy, sourcesOf } from "../groups.ts";
import type { TrajectoryRecord } from "../results.ts";
import { showNumber } from "../summary.ts";
import type { Figure, MissingFigure, Panel } from "./figure.ts";
import {
  magnitudes,
  PANEL_SIZE,
  pickedOpacity,
  REGIME_COLOUR,
  REGIME_PICK,
  REGIME_SHAPE,
  rounded,
} from "./theme.ts";

const NAME = "figure6";
const TITLE = "Figure 6: sharpness against loss along training";

/** Figure 6: φ at the iterates of a run against f there. */
export function trajectoryFigure(records: readonly TrajectoryRecord[]): Figure | MissingFigure {
  const own = records.filter(({ diverged, points }) => !diverged && points.length > 1);
  if (own.length === 0) {
    const missing =
      "No stage of this study measures sharpness at the iterates of a run. The figure " +
      "appears when one is bound to the input `trajectory` of the stage `report`.";
    return { name: NAME, title: TITLE, missing };
  }
  const groups = [
    ...groupBy(own, ({ network, epsilon }) => `${network}, ε = ${epsilon.toExponential()}`),
  ];
  return {
    name: NAME,
    title: TITLE,
    caption:
      "See how sharpness changes as the loss falls. Training goes from right to left, towards small losses. In the paper, SB's sharpness " +
      "falls along the way while LB's rises.",
    alternative: groups.map(([name, runs]) => `${name}: ${inWords(runs)}.`).join(" "),
    panels: groups.map(([name, runs], k) => trajectoryPanel(`${NAME}-${k + 1}`, name, runs)),
    sources: sourcesOf(own),
  };
}

function trajectoryPanel(
  name: string,
  title: string,
  runs: readonly TrajectoryRecord[],
): Panel {
  const values = runs.flatMap(({ regime, trial, points }) =>
    points.filter(({ trainLoss, percent }) => Number.isFinite(trainLoss + percent))
      .map(({ epoch, trainLoss, percent }) => ({
        regime,
        trial,
        epoch,
        loss: rounded(trainLoss),
        phi: rounded(percent),
      }))
  );
  const encoding = {
    x: {
      field: "loss",
      type: "quantitative",
      title: "cross-entropy in nats",
      ...magnitudes(values.map(({ loss }) => loss)),
    },
    y: {
      field: "phi",
      type: "quantitative",
      title: "φ in %",
      ...magnitudes(values.map(({ phi }) => phi)),
    },
    color: REGIME_COLOUR,
    opacity: pickedOpacity(0.85),
    order: { field: "epoch" },
    tooltip: [
      { field: "regime", title: "batches" },
      { field: "trial", title: "trial" },
      { field: "epoch", title: "epoch" },
      { field: "loss", title: "cross-entropy", format: ".4~g" },
      { field: "phi", title: "φ in %", format: ".4~g" },
    ],
  };
  return {
    name,
    title,
    spec: {
      ...PANEL_SIZE,
      data: { values },
      layer: [
        {
          params: [REGIME_PICK],
          mark: { type: "line" },
          encoding: { ...encoding, detail: { field: "trial" } },
        },
        {
          mark: { type: "point", size: 30 },
          encoding: { ...encoding, shape: REGIME_SHAPE },
        },
      ],
    },
  };
}

function inWords(runs: readonly TrajectoryRecord[]): string {
  return runs.map(({ regime, trial, points }) => {
    const [first, last] = [points[0]!, points.at(-1)!];
    return `${regime}, trial ${trial}, goes from ${showNumber(first.percent)} to ` +
      `${showNumber(last.percent)} % while the loss goes from ${showNumber(first.trainLoss)} to ` +
      showNumber(last.trainLoss);
  }).join("; ");
}

import { groupBy, sourcesOf } from "../groups.ts";
import type { BatchSizeRecord } from "../results.ts";
import { showNumber } from "../summary.ts";
import type { Figure, MissingFigure, Panel } from "./figure.ts";
import { magnitudes, PANEL_SIZE, rounded } from "./theme.ts";

const NAME = "figure4";
const TITLE = "Figure 4: test accuracy and sharpness against batch size";

/** Figure 4: what a growing batch does to test accuracy and to sharpness. */
export function batchSizeFigure(records: readonly BatchSizeRecord[]): Figure | MissingFigure {
  const own = records.filter(({ diverged }) => !diverged);
  if (new Set(own.map(({ batchSize }) => batchSize)).size < 2) {
    const missing =
      "This study has no axis of batch sizes, only SB and LB. The figure appears when " +
      "runs of several are bound to the inputs `batchSize` and `batchSizeSharpness` of the stage " +
      "`report`.";
    return { name: NAME, title: TITLE, missing };
  }
  const networks = [...groupBy(own, ({ network }) => network)];
  return {
    name: NAME,
    title: TITLE,
    caption:
      "See from which batch size on accuracy falls and sharpness rises. In the paper, test " +
      "accuracy drops beyond some batch size, and sharpness rises up to it. A point is a trial; the line joins the means.",
    alternative: own.map(({ network, batchSize, trial, testAccuracyPercent, sharpness }) =>
      `${network}, trial ${trial}, batches of ${batchSize}: test accuracy ` +
      `${showNumber(testAccuracyPercent)} %` +
      (sharpness ? `, φ ${showNumber(sharpness.percent)} %.` : ".")
    ).join(" "),
    panels: networks.flatMap(([network, runs]) => {
      const accuracy = runs.map(({ batchSize, trial, testAccuracyPercent }) => ({
        batchSize,
        trial,
        value: rounded(testAccuracyPercent),
      }));
      const sharpness = runs.flatMap(({ batchSize, trial, sharpness }) =>
        sharpness && Number.isFinite(sharpness.percent)
          ? [{ batchSize, trial, value: rounded(sharpness.percent) }]
          : []
      );
      const phi = {
        title: "φ in %",
        ...magnitudes(sharpness.map(({ value }) => value)),
      };
      return [
        sizePanel(`${NAME}-accuracy-${network}`, `${network}: test accuracy`, accuracy, {
          title: "test accuracy in %",
          scale: { zero: false },
        }),
        ...(sharpness.length > 0
          ? [sizePanel(`${NAME}-sharpness-${network}`, `${network}: sharpness`, sharpness, phi)]
          : []),
      ];
    }),
    sources: sourcesOf([...own, ...own.flatMap(({ sharpness }) => sharpness ? [sharpness] : [])]),
  };
}

function sizePanel(
  name: string,
  title: string,
  values: readonly { readonly batchSize: number; readonly trial: number; readonly value: number }[],
  options: { readonly title: string; readonly scale: object },
): Panel {
  const x = {
    field: "batchSize",
    type: "quantitative",
    title: "batch size",
    ...magnitudes(values.map(({ batchSize }) => batchSize)),
  };
  const y = { field: "value", type: "quantitative", ...options };
  return {
    name,
    title,
    spec: {
      ...PANEL_SIZE,
      data: { values },
      layer: [
        {
          mark: { type: "line", color: "var(--muted)" },
          encoding: { x, y: { ...y, aggregate: "mean" } },
        },
        {
          mark: { type: "point", color: "var(--ink)", size: 40 },
          encoding: {
            x,
            y,
            tooltip: [
              { field: "batchSize", title: "batch size" },
              { field: "trial", title: "trial" },
              { field: "value", title: options.title, format: ".4~g" },
            ],
          },
        },
      ],
    },
  };
}

import { groupBy, sourcesOf } from "../groups.ts";
import type { WarmStartRecord } from "../results.ts";
import { showNumber } from "../summary.ts";
import type { Figure, MissingFigure, Panel } from "./figure.ts";
import { magnitudes, PANEL_SIZE, rounded } from "./theme.ts";

const NAME = "figure5";
const TITLE = "Figure 5: large batches warm-started from small-batch iterates";

/** Test accuracy before and after LB, and sharpness after it, against the epochs of SB before. */
export function warmStartFigure(records: readonly WarmStartRecord[]): Figure | MissingFigure {
  const own = records.filter(({ diverged }) => !diverged);
  if (own.length === 0) {
    return { name: NAME, title: TITLE, missing: "No warm start has been made yet." };
  }
  const networks = [...groupBy(own, ({ network }) => network)];
  const measured = own.flatMap(({ sharpness }) => sharpness ? [sharpness] : []);
  return {
    name: NAME,
    title: TITLE,
    caption: "See after how many epochs of small batches large ones end in a flat minimum. The " +
      "horizontal axis counts the epochs before large batches took over. In the paper, accuracy " +
      "after LB rises and sharpness falls with it; from some epoch on the minima are flat.",
    alternative: own.map(({ network, warmEpochs, trial, ...run }) =>
      `${network}, trial ${trial}, after ${warmEpochs} epochs: test accuracy ` +
      `${showNumber(run.testBeforePercent)} % before and ${showNumber(run.testAfterPercent)} % ` +
      `after LB${run.sharpness ? `, φ ${showNumber(run.sharpness.percent)} %` : ""}.`
    ).join(" "),
    panels: networks.flatMap(([network, runs]) => [
      accuracyPanel(network, runs),
      ...(runs.some(({ sharpness }) => sharpness) ? [sharpnessPanel(network, runs)] : []),
    ]),
    sources: sourcesOf([...own, ...measured]),
  };
}

const EPOCHS = {
  field: "warmEpochs",
  type: "quantitative",
  title: "epochs of small batches before",
  scale: { zero: false, padding: 12 },
  axis: { tickMinStep: 1, format: "d" },
} as const;

function accuracyPanel(network: string, runs: readonly WarmStartRecord[]): Panel {
  const values = runs.flatMap(({ warmEpochs, trial, testBeforePercent, testAfterPercent }) => [
    { regime: "SB", when: "before", warmEpochs, trial, value: rounded(testBeforePercent) },
    { regime: "LB", when: "after LB", warmEpochs, trial, value: rounded(testAfterPercent) },
  ]);
  const field = { field: "value", type: "quantitative", scale: { zero: false } };
  const colour = {
    field: "when",
    type: "nominal",
    title: null,
    scale: { domain: ["before", "after LB"], range: ["var(--sb)", "var(--lb)"] },
  };
  const shape = { ...colour, scale: { domain: colour.scale.domain, range: ["circle", "square"] } };
  return {
    name: `${NAME}-accuracy-${network}`,
    title: `${network}: test accuracy`,
    spec: {
      ...PANEL_SIZE,
      data: { values },
      layer: [
        {
          mark: "line",
          encoding: {
            x: EPOCHS,
            y: { ...field, aggregate: "mean", title: "test accuracy in %" },
            color: colour,
          },
        },
        {
          mark: { type: "point", size: 50 },
          encoding: {
            x: EPOCHS,
            y: { ...field, title: "test accuracy in %" },
            color: colour,
            shape,
            tooltip: [
              { field: "when", title: "test accuracy" },
              { field: "warmEpochs", title: "epochs of SB" },
              { field: "trial", title: "trial" },
              { field: "value", title: "in %", format: ".4~g" },
            ],
          },
        },
      ],
    },
  };
}

function sharpnessPanel(network: string, runs: readonly WarmStartRecord[]): Panel {
  const values = runs.flatMap(({ warmEpochs, trial, sharpness }) =>
    sharpness && Number.isFinite(sharpness.percent)
      ? [{ warmEpochs, trial, phi: rounded(sharpness.percent) }]
      : []
  );
  const y = {
    field: "phi",
    type: "quantitative",
    title: "φ in % after LB",
    ...magnitudes(values.map(({ phi }) => phi)),
  };
  return {
    name: `${NAME}-sharpness-${network}`,
    title: `${network}: sharpness after LB`,
    spec: {
      ...PANEL_SIZE,
      data: { values },
      layer: [
        {
          mark: { type: "line", color: "var(--lb)" },
          encoding: { x: EPOCHS, y: { ...y, aggregate: "mean" } },
        },
        {
          mark: { type: "point", size: 50, shape: "square", color: "var(--lb)" },
          encoding: {
            x: EPOCHS,
            y,
            tooltip: [
              { field: "warmEpochs", title: "epochs of SB" },
              { field: "trial", title: "trial" },
              { field: "phi", title: "φ in %", format: ".4~g" },
            ],
          },
        },
      ],
    },
  };
}

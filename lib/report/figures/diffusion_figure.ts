import { groupBy, sourcesOf } from "../groups.ts";
import type { MeasuredRun } from "../results.ts";
import { showNumber, summarise } from "../summary.ts";
import type { Figure, MissingFigure, Panel } from "./figure.ts";
import { magnitudes, PANEL_SIZE, rounded } from "./theme.ts";

const NAME = "diffusion";
const TITLE = "Diffusion: distance from the start against log t";

/** ‖x_t − x₀‖₂ at steps 1, 2, 4, …: a straight line if it grows as log t. */
export function diffusionFigure(runs: readonly MeasuredRun[]): Figure | MissingFigure {
  const own = runs.filter(({ diverged, diffusion }) =>
    !diverged && (diffusion?.points.length ?? 0) > 2
  );
  if (own.length === 0) {
    return { name: NAME, title: TITLE, missing: "No run has made four steps yet." };
  }
  const networks = [...groupBy(own, ({ network }) => network)];
  return {
    name: NAME,
    title: TITLE,
    caption:
      "A straight line is a distance that grows as log t. One line a run, up to the last power of two among its steps. Hoffer et al. 2017 " +
      "find that the distance grows as log t while the learning rate stays.",
    alternative: networks.map(([network, group]) =>
      `${network}: ${
        [...groupBy(group, ({ labels }) => labels.regime ?? "")].map(([regime, trials]) => {
          const [log, power] = [
            summarise(trials, ({ diffusion }) => diffusion?.logarithmic?.rSquared ?? NaN),
            summarise(trials, ({ diffusion }) => diffusion?.power?.rSquared ?? NaN),
          ];
          if (!log || !power) return `${regime} too short for a fit`;
          return `${regime} R² ${showNumber(log.mean)} of the logarithm, ` +
            `${showNumber(power.mean)} of a power`;
        }).join("; ")
      }.`
    ).join(" "),
    panels: networks.map(([network, group]) => diffusionPanel(network, group)),
    sources: sourcesOf(own),
  };
}

/** SB and LB as everywhere, and any other batch in the colour of what is neither. */
const FORMS = {
  SB: { colour: "var(--sb)", shape: "circle" },
  LB: { colour: "var(--lb)", shape: "square" },
  other: { colour: "var(--paper)", shape: "triangle-up" },
} as const;

type Batches = Pick<MeasuredRun, "labels" | "batchSize">;

/** Which of the paper's pair a regime is of, by its name alone: `LB-ghost` is LB with a recipe. */
function pairOf({ labels: { regime = "" } }: Batches): keyof typeof FORMS {
  return /^SB(-|$)/.test(regime) ? "SB" : /^LB(-|$)/.test(regime) ? "LB" : "other";
}

function nameOf(run: Batches): string {
  const pair = pairOf(run);
  return `${pair === "other" ? "" : `${pair}, `}B = ${run.batchSize}`;
}

function diffusionPanel(network: string, runs: readonly MeasuredRun[]): Panel {
  const values = runs.flatMap(({ labels, trial, batchSize, diffusion }) =>
    (diffusion?.points ?? []).filter(({ distance }) => Number.isFinite(distance))
      .map(({ step, distance }) => ({
        batch: nameOf({ labels, batchSize }),
        run: `${labels.regime}, trial ${trial}`,
        step,
        distance: rounded(distance),
      }))
  );
  const batches = [
    ...groupBy(runs.toSorted((a, b) => a.batchSize - b.batchSize), nameOf).entries(),
  ].map(([name, [run]]) => ({ name, pair: pairOf(run!) }));
  const batch = { field: "batch", type: "nominal", title: null };
  const domain = batches.map(({ name }) => name);
  const encoding = {
    x: {
      field: "step",
      type: "quantitative",
      title: "steps t",
      ...magnitudes(values.map(({ step }) => step)),
    },
    y: { field: "distance", type: "quantitative", title: "‖x − x₀‖₂" },
    color: {
      ...batch,
      scale: { domain, range: batches.map(({ pair }) => FORMS[pair].colour) },
    },
  };
  return {
    name: `${NAME}-${network}`,
    title: `${network}: diffusion`,
    spec: {
      ...PANEL_SIZE,
      data: { values },
      layer: [
        {
          mark: { type: "line", opacity: 0.7 },
          encoding: { ...encoding, detail: { field: "run" } },
        },
        {
          mark: { type: "point", size: 24 },
          encoding: {
            ...encoding,
            shape: {
              ...batch,
              scale: { domain, range: batches.map(({ pair }) => FORMS[pair].shape) },
            },
            tooltip: [
              { field: "run" },
              { field: "batch", title: "batches" },
              { field: "step", title: "steps" },
              { field: "distance", title: "distance", format: ".4~g" },
            ],
          },
        },
      ],
    },
  };
}

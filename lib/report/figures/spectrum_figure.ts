import { groupBy, sourcesOf } from "../groups.ts";
import type { SpectrumRecord } from "../minimum_results.ts";
import { eigenvaluesFrom, hasSpectrum, largeEigenvalues, largestEigenvalue } from "../spectrum.ts";
import { showNumber } from "../summary.ts";
import type { Figure, MissingFigure, Panel } from "./figure.ts";
import {
  END_MARK,
  MAGNITUDE_LABEL,
  magnitudes,
  PANEL_SIZE,
  pickedOpacity,
  REGIME_COLOUR,
  REGIME_PICK,
  REGIME_SHAPE,
  rounded,
} from "./theme.ts";

const NAME = "spectrum";
const TITLE = "Spectrum of the Hessian at the minima";

/** The density of the eigenvalues, and how many of them exceed each value. */
export function spectrumFigure(records: readonly SpectrumRecord[]): Figure | MissingFigure {
  const own = records.filter(hasSpectrum);
  if (own.length === 0) {
    return { name: NAME, title: TITLE, missing: "No spectrum has been measured yet." };
  }
  const networks = [...groupBy(own, ({ network }) => network)];
  const { steps, probes } = own[0]!.density;
  const trials = new Set(own.map(({ trial }) => trial)).size;
  return {
    name: NAME,
    title: TITLE,
    caption:
      `The farther to the right the density reaches, the sharper the minimum; a mark is at the largest eigenvalue. ${
        trials === 1 ? `Trial ${own[0]!.trial} alone (n = 1)` : `${trials} trials`
      }; ` +
      `stochastic Lanczos quadrature, ${steps} steps from ` +
      `${
        probes === 1 ? "one random start" : `each of ${probes} random starts`
      }. Left: density of the eigenvalues (its integral is 1, ` +
      "smoothed by 1 % of the range; the axis ends below the height of a single eigenvalue). " +
      "Nearly all lie at 0. Right: estimated number of eigenvalues of at least λ, at the Ritz " +
      "values that exceed their residuals; from one start, such counts are good to a factor of " +
      "two or so.",
    alternative: networks.map(([network, group]) => `${network}: ${inWords(group)}.`).join(" "),
    panels: networks.flatMap(([network, group]) => [
      densityPanel(network, group),
      countPanel(network, group),
    ]),
    sources: sourcesOf(own),
  };
}

/** Share of a single eigenvalue's height at which the axis of the density ends. */
const FLOOR = 0.1;
/** What lies below the axis is clipped; a logarithm has to have some value there. */
const BELOW = 0.01;

function densityPanel(network: string, group: readonly SpectrumRecord[]): Panel {
  const floors = group.map((record) => FLOOR * heightOfOne(record));
  const floor = rounded(Math.min(...floors));
  const values = group.flatMap(({ regime, trial, density }) =>
    density.grid.map((lambda, i) => ({
      regime,
      trial,
      lambda: rounded(lambda),
      density: Math.max(BELOW * floor, rounded(density.density[i]!)),
    })).filter(isNeeded(BELOW * floor))
  );
  const encoding = {
    x: { field: "lambda", type: "quantitative", title: "eigenvalue λ", scale: { nice: true } },
    y: {
      field: "density",
      type: "quantitative",
      title: "density",
      scale: { type: "log", domainMin: floor },
      axis: { labelExpr: MAGNITUDE_LABEL, tickCount: 6 },
    },
    color: REGIME_COLOUR,
  };
  return {
    name: `${NAME}-density-${network}`,
    title: `${network}: density of the eigenvalues`,
    spec: {
      ...PANEL_SIZE,
      data: { values },
      layer: [
        {
          params: [REGIME_PICK],
          mark: { type: "line", strokeWidth: 1.5, clip: true },
          encoding: { ...encoding, detail: { field: "trial" }, opacity: pickedOpacity(0.85) },
        },
        {
          data: { values: group.map((record) => largestOf(record, floor)) },
          mark: END_MARK,
          encoding: { ...encoding, shape: REGIME_SHAPE, opacity: pickedOpacity(0.85) },
        },
      ],
    },
  };
}

/** The largest eigenvalue, at the foot of the density. */
function largestOf(record: SpectrumRecord, floor: number) {
  const { regime, trial } = record;
  return { regime, trial, lambda: rounded(largestEigenvalue(record).value), density: floor };
}

/** Height that the smoothing Gaussian gives to one eigenvalue of n. */
function heightOfOne({ dimension, density: { grid, nodes } }: SpectrumRecord): number {
  const range = Math.max(...nodes) - Math.min(...nodes);
  // As in spectralDensity(): the Gaussian is 1 % of the range; a single node has the grid's width.
  const width = range > 0 ? 0.01 * range : (grid.at(-1)! - grid[0]!) / 8;
  return 1 / (dimension * width * Math.sqrt(2 * Math.PI));
}

/** Leaves out what lies within stretches at the floor: their ends draw them. */
function isNeeded(floor: number) {
  return ({ density }: { density: number }, i: number, all: readonly { density: number }[]) =>
    density > floor || i === 0 || i === all.length - 1 ||
    all[i - 1]!.density > floor || all[i + 1]!.density > floor;
}

function countPanel(network: string, group: readonly SpectrumRecord[]): Panel {
  const values = group.flatMap((record) => {
    const { regime, trial, density: { nodes, residuals } } = record;
    return nodes.map((value, j) => ({
      regime,
      trial,
      value: rounded(value),
      residual: rounded(residuals[j]!),
      count: rounded(eigenvaluesFrom(value, record)),
    })).filter(({ value, residual, count }) => value > residual && count > 0)
      .sort((a, b) => a.value - b.value);
  });
  const lambda = magnitudes(values.map(({ value }) => value));
  const count = magnitudes(values.map(({ count }) => count));
  const encoding = {
    x: {
      field: "value",
      type: "quantitative",
      title: "λ",
      scale: lambda.scale,
      axis: lambda.axis,
    },
    y: {
      field: "count",
      type: "quantitative",
      title: "eigenvalues of at least λ",
      scale: count.scale,
      axis: count.axis,
    },
    color: REGIME_COLOUR,
  };
  return {
    name: `${NAME}-count-${network}`,
    title: `${network}: how many exceed λ`,
    spec: {
      ...PANEL_SIZE,
      data: { values },
      layer: [
        {
          params: [REGIME_PICK],
          mark: { type: "line", interpolate: "step-before", strokeWidth: 1.25 },
          encoding: { ...encoding, detail: { field: "trial" }, opacity: pickedOpacity(0.6) },
        },
        {
          mark: { type: "point", size: 36 },
          encoding: {
            ...encoding,
            shape: REGIME_SHAPE,
            opacity: pickedOpacity(0.9),
            tooltip: [
              { field: "regime", title: "batches" },
              { field: "trial", title: "trial" },
              { field: "value", title: "Ritz value", format: ".3~e" },
              { field: "residual", title: "residual", format: ".1~e" },
              { field: "count", title: "of at least this", format: ".3~g" },
            ],
          },
        },
      ],
    },
  };
}

function inWords(group: readonly SpectrumRecord[]): string {
  return group.map((record) => {
    const { regime, trial, dimension } = record;
    const { value, residual } = largestEigenvalue(record);
    return `${regime}, trial ${trial}, has a largest eigenvalue of ${showNumber(value)} ` +
      `(residual ${showNumber(residual)}) and about ${
        largeEigenvalues(record).toFixed(0)
      } of ${dimension} of at ` +
      "least a hundredth of it";
  }).join("; ");
}

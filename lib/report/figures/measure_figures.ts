/** The figures of `basin measure`: the Hessian's density, its layers, and how Metric 2.1 climbed. */
import type { MeasuredModel } from "../measured_model.ts";
import { showNumber } from "../summary.ts";
import type { Figure, Panel } from "./figure.ts";
import { MAGNITUDE_LABEL, magnitudes, PANEL_SIZE, rounded } from "./theme.ts";

/** Two models in ink and grey: blue and vermilion are small and large batches. */
const COLOURS = ["var(--ink)", "var(--paper)"];
const DASHES = [[1, 0], [5, 3]];

/** Bars of a panel: more would not be read. */
const MOST_LAYERS = 24;

/** Powers of ten below the largest density at which its axis ends, if nothing lies below. */
const DECADES = 6;

/** The figures for which there are results, one set for one or two models. */
export function measureFigures(models: readonly MeasuredModel[]): Figure[] {
  return [densityFigure(models), layersFigure(models), climbsFigure(models)]
    .filter((figure) => figure !== undefined);
}

function modelChannels(models: readonly MeasuredModel[]) {
  const domain = models.map(({ name }) => name);
  const legend = { legend: models.length > 1 ? { labelLimit: 240, columns: 1 } : null };
  return {
    color: {
      field: "model",
      type: "nominal",
      title: null,
      scale: { domain, range: COLOURS },
      ...legend,
    },
    strokeDash: {
      field: "model",
      type: "nominal",
      title: null,
      scale: { domain, range: DASHES },
      ...legend,
    },
  };
}

function densityFigure(models: readonly MeasuredModel[]): Figure | undefined {
  const own = models.filter(({ density }) => density !== undefined);
  if (own.length === 0) return undefined;
  const peak = Math.max(...own.flatMap(({ density }) => density!.density));
  const floor = Math.min(peak * 10 ** -DECADES, ...own.map((model) => atLargest(model) / 3));
  const values = own.flatMap(({ name, density }) =>
    density!.grid.map((lambda, i) => ({
      model: name,
      lambda: rounded(lambda),
      density: rounded(Math.max(floor / 10, density!.density[i]!)),
    }))
  );
  const panel: Panel = {
    name: "density",
    title: "Density of the eigenvalues",
    spec: {
      ...PANEL_SIZE,
      data: { values },
      mark: { type: "line", clip: true },
      encoding: {
        x: { field: "lambda", type: "quantitative", title: "eigenvalue λ" },
        y: {
          field: "density",
          type: "quantitative",
          title: "density",
          scale: { type: "log", domainMin: rounded(floor) },
          axis: { labelExpr: MAGNITUDE_LABEL, tickCount: DECADES },
        },
        ...modelChannels(models),
      },
    },
  };
  const ranges = own.map(({ name, density }) =>
    `The Ritz values of ${name} reach from ${showNumber(Math.min(...density!.nodes))} to ` +
    `${showNumber(Math.max(...density!.nodes))}.`
  );
  return figureOf("density", "Spectrum of the Hessian", [panel], {
    caption:
      "The farther to the right the density reaches, the sharper the minimum. Left of 0 f curves " +
      "downwards. Stochastic Lanczos quadrature from one random start, smoothed by 1 % of the range.",
    alternative: ranges.join(" "),
  });
}

/** The density at the largest Ritz value, whose peak is that of a single eigenvalue. */
function atLargest({ density }: MeasuredModel): number {
  const { grid, density: heights, nodes } = density!;
  const largest = Math.max(...nodes);
  const nearest = grid.reduce(
    (best, lambda, i) => Math.abs(lambda - largest) < Math.abs(grid[best]! - largest) ? i : best,
    0,
  );
  return heights[nearest]!;
}

function layersFigure(models: readonly MeasuredModel[]): Figure | undefined {
  const own = models.filter(({ layers }) => layers.length > 0);
  if (own.length === 0) return undefined;
  // One scale for both, or bars of two models would not compare.
  const values = own.flatMap(({ layers }) => layers.map(({ value }) => value));
  const domain = [Math.min(0, ...values), Math.max(0, ...values)].map(rounded);
  const panels = own.map(({ name, layers }, k): Panel => {
    const shown = layers.toSorted((a, b) => b.value - a.value).slice(0, MOST_LAYERS);
    const kept = layers.filter((layer) => shown.includes(layer));
    return {
      name: `layers-${k + 1}`,
      title: layers.length > MOST_LAYERS
        ? `${name}: the ${MOST_LAYERS} sharpest of ${layers.length} layers`
        : `${name}: its layers`,
      spec: {
        width: PANEL_SIZE.width,
        height: { step: 16 },
        data: { values: kept.map(({ layer, value }) => ({ layer, value: rounded(value) })) },
        mark: { type: "bar", color: COLOURS[k % 2] },
        encoding: {
          y: {
            field: "layer",
            type: "nominal",
            title: null,
            sort: kept.map(({ layer }) => layer),
            axis: { labelLimit: 160 },
          },
          x: {
            field: "value",
            type: "quantitative",
            title: "largest eigenvalue of its block",
            scale: { domain },
          },
          tooltip: [{ field: "layer" }, { field: "value", format: ".4~g" }],
        },
      },
    };
  });
  const words = own.map(({ name, layers }) => {
    const [top] = layers.toSorted((a, b) => b.value - a.value);
    return `The sharpest layer of ${name} is ${top!.layer}, with ${showNumber(top!.value)}.`;
  });
  return figureOf("layers", "Where the curvature is", panels, {
    caption:
      "The longer the bar, the sharper the minimum along the weights of that layer. A bar is " +
      "the largest eigenvalue of the Hessian in those weights alone, which is never larger than " +
      "that of the whole Hessian.",
    alternative: words.join(" "),
  });
}

function climbsFigure(models: readonly MeasuredModel[]): Figure | undefined {
  const values = models.flatMap(({ name, climbs }) =>
    climbs.flatMap((climb) =>
      climb.points.map(({ evaluations, percent }) => ({
        model: name,
        climb: climb.name,
        evaluations,
        percent: rounded(percent),
      }))
    )
  );
  if (values.length === 0) return undefined;
  const percent = magnitudes(values.map((value) => value.percent).filter((value) => value > 0));
  const panel: Panel = {
    name: "climbs",
    title: "Metric 2.1 as it was found",
    spec: {
      ...PANEL_SIZE,
      data: { values: values.filter((value) => value.percent > 0) },
      mark: { type: "line", point: { size: 16 } },
      encoding: {
        x: { field: "evaluations", type: "quantitative", title: "gradients" },
        y: {
          field: "percent",
          type: "quantitative",
          title: "φ in percent",
          scale: percent.scale,
          axis: percent.axis,
        },
        detail: { field: "climb" },
        ...modelChannels(models),
      },
    },
  };
  const words = models.filter(({ climbs }) => climbs.length > 0).map(({ name, climbs }) =>
    `${name}: ${
      climbs.map((climb) => `${showNumber(climb.points.at(-1)?.percent ?? 0)} % ${climb.name}`)
        .join(", ")
    }.`
  );
  return figureOf("climbs", "How the maximum was found", [panel], {
    caption:
      "See whether a line is level at its end: then the maximum was found. Where it still rises, " +
      "the budget and not the minimum decides. A line is a climb.",
    alternative: words.join(" "),
  });
}

function figureOf(
  name: string,
  title: string,
  panels: readonly Panel[],
  { caption, alternative }: Pick<Figure, "caption" | "alternative">,
): Figure {
  return { name, title, caption, alternative, panels, sources: [] };
}

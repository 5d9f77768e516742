import { groupBy, sourcesOf } from "../groups.ts";
import type { RitzRecord } from "../results.ts";
import { showNumber, summarise } from "../summary.ts";
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

const NAME = "curvature";
const TITLE = "Curvature at the minima: Ritz values of the Hessian";

/** Ritz values on col(A) and on Lanczos' Krylov space, largest first, for every trial. */
export function curvatureFigure(records: readonly RitzRecord[]): Figure | MissingFigure {
  const own = records.filter(({ diverged }) => !diverged);
  if (own.length === 0) {
    return { name: NAME, title: TITLE, missing: "No curvature has been measured yet." };
  }
  const networks = [...groupBy(own, ({ network, basis }) => `${network}, p = ${basis.dimension}`)];
  return {
    name: NAME,
    title: TITLE,
    caption:
      "The higher the points, the sharper the minimum. A point is a Ritz value, the dash in its column its residual: where the dash is far below, " +
      "the point is an eigenvalue, as precisely as that or as products in float32 allow, which is to " +
      "about 1e-7 λ_max. Left: all Ritz values on the random subspace col(A), averages of the Hessian's spectrum weighted by where A looks. Right: those " +
      "on the Krylov space of Lanczos. Values are of the exact Hessian of f on the whole training set.",
    alternative: networks.map(([name, group]) => `${name}: ${inWords(group)}.`).join(" "),
    panels: networks.flatMap(([name, group], k) => [
      valuesPanel(`ritz-${k + 1}`, `${name}: Ritz values on col(A)`, group, ({ ritz }) => ritz),
      valuesPanel(
        `lanczos-${k + 1}`,
        `${name.split(",")[0]}: Lanczos' values`,
        group,
        ({ lanczos }) => lanczos,
      ),
    ]),
    sources: sourcesOf(own),
  };
}

type Values = Pick<RitzRecord["ritz"], "values" | "residuals">;

function valuesPanel(
  name: string,
  title: string,
  group: readonly RitzRecord[],
  of: (record: RitzRecord) => Values,
): Panel {
  const values = group.flatMap((record) => {
    const { values, residuals } = of(record);
    const { regime, trial } = record;
    // Records have them in ascending order.
    return values.map((value, i) => ({
      regime,
      trial,
      rank: values.length - i,
      value: rounded(value),
      residual: rounded(residuals[i] ?? NaN),
    })).filter(({ value }) => Number.isFinite(value));
  });
  const { scale, axis } = magnitudes(values.flatMap(({ value, residual }) => [value, residual]));
  const x = {
    field: "rank",
    type: "quantitative",
    title: "rank, largest first",
    scale: { zero: false, padding: 12 },
    axis: { tickMinStep: 1, format: "d" },
  };
  const y = {
    field: "value",
    type: "quantitative",
    title: "Ritz value, residual",
    scale,
    axis,
  };
  return {
    name: `${NAME}-${name}`,
    title,
    spec: {
      ...PANEL_SIZE,
      data: { values },
      layer: [
        {
          mark: { type: "tick", orient: "horizontal", width: 9, thickness: 1.25 },
          encoding: { x, y: { ...y, field: "residual" }, color: REGIME_COLOUR },
        },
        {
          params: [REGIME_PICK],
          mark: { type: "point", size: 40 },
          encoding: {
            x,
            y,
            color: REGIME_COLOUR,
            shape: REGIME_SHAPE,
            opacity: pickedOpacity(0.85),
            tooltip: [
              { field: "regime", title: "batches" },
              { field: "trial", title: "trial" },
              { field: "rank", title: "rank" },
              { field: "value", title: "value", format: ".3~e" },
              { field: "residual", title: "residual", format: ".1~e" },
            ],
          },
        },
      ],
    },
  };
}

function inWords(group: readonly RitzRecord[]): string {
  return (["SB", "LB"] as const).flatMap((regime) => {
    const own = group.filter((record) => record.regime === regime);
    const top = summarise(own, ({ lanczos }) => lanczos.values.at(-1) ?? NaN);
    const ritz = summarise(own, ({ ritz }) => ritz.values.at(-1) ?? NaN);
    if (!top || !ritz) return [];
    return [
      `${regime} has a largest Lanczos value of ${showNumber(top.mean)} and a largest Ritz value ` +
      `on col(A) of ${showNumber(ritz.mean)}`,
    ];
  }).join("; ");
}

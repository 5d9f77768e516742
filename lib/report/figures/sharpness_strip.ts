/** Each trial as a point for SB and one for LB, joined; the paper's mean and spread beside. */
import { groupBy } from "../groups.ts";
import type { Published, Regime } from "../paper.ts";
import type { VegaLiteSpec } from "./figure.ts";
import { magnitudes, PANEL_SIZE, REGIME_COLOUR, REGIME_SHAPE, rounded } from "./theme.ts";

/** One number of one run. */
export interface StripValue {
  readonly regime: Regime;
  readonly trial: number;
  readonly value: number;
}

/** What a strip shows and how. */
export interface StripOptions {
  /** Title of the axis, with its unit. */
  readonly axis: string;
  /** The paper's numbers, if it has them. */
  readonly paper?: Readonly<Record<Regime, Published>> | undefined;
  /** Whether magnitudes are compared, not differences. */
  readonly logarithmic: boolean;
}

/** SB stands at 0, LB at 1, the paper's numbers a little to the right. */
const PLACES = { SB: 0, LB: 1 } as const;
const PAPER_SHIFT = 0.2;

/** The specification of a strip. */
export function strip(
  values: readonly StripValue[],
  { axis, paper, logarithmic }: StripOptions,
): VegaLiteSpec {
  const rows = values.filter(({ value }) => Number.isFinite(value)).map((row) => ({
    ...row,
    place: PLACES[row.regime],
    value: rounded(row.value),
    source: "ours",
  }));
  const paired = [...groupBy(rows, ({ trial }) => `${trial}`).values()]
    .filter((pair) => pair.length > 1).flat();
  const published = (["SB", "LB"] as const).flatMap((regime) => {
    const own = paper?.[regime];
    if (!own) return [];
    const low = own.mean - own.sd;
    return [{
      regime,
      place: PLACES[regime] + PAPER_SHIFT,
      value: own.mean,
      sd: own.sd,
      // A logarithm has no place for a spread that reaches to zero.
      low: logarithmic && low <= 0 ? own.mean : low,
      high: own.mean + own.sd,
    }];
  });
  const all = [...rows.map(({ value }) => value), ...published.flatMap((p) => [p.low, p.high])];
  const x = {
    field: "place",
    type: "quantitative",
    title: null,
    scale: { domain: [-0.35, 1.5], nice: false },
    axis: {
      values: [0, 1],
      labelExpr: "datum.value == 0 ? 'small batches' : 'large batches'",
      labelFontSize: 12,
      grid: false,
    },
  };
  const y = {
    field: "value",
    type: "quantitative",
    title: axis,
    ...(logarithmic ? magnitudes(all) : { scale: { zero: false, nice: true, padding: 8 } }),
  };
  const colour = { ...REGIME_COLOUR, legend: null };
  const tooltip = [
    { field: "regime", title: "batches" },
    { field: "trial", title: "trial" },
    { field: "value", title: axis, format: ".4~g" },
  ];
  const paperTooltip = [
    { field: "regime", title: "the paper's" },
    { field: "value", title: `${axis}, mean`, format: ".4~g" },
    { field: "sd", title: "sd", format: ".4~g" },
  ];
  return {
    ...PANEL_SIZE,
    layer: [
      {
        data: { values: paired },
        mark: { type: "line", strokeWidth: 1, color: "var(--muted)", opacity: 0.5 },
        encoding: { x, y, detail: { field: "trial" } },
      },
      {
        data: { values: published },
        mark: { type: "rule", color: "var(--paper)", strokeWidth: 1.5 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, tooltip: paperTooltip },
      },
      {
        data: { values: published },
        mark: { type: "point", shape: "diamond", size: 90, color: "var(--paper)", filled: false },
        encoding: { x, y, tooltip: paperTooltip },
      },
      {
        data: { values: published },
        mark: {
          type: "text",
          text: "paper",
          align: "left",
          dx: 8,
          fontSize: 10,
          color: "var(--paper)",
        },
        encoding: { x, y },
      },
      {
        data: { values: rows },
        mark: { type: "point", size: 64, opacity: 0.9 },
        encoding: { x, y, color: colour, shape: { ...REGIME_SHAPE, legend: null }, tooltip },
      },
    ],
  };
}

/** How figures look: colours for both themes, line forms, and the parts that panels share. */
import type { VegaLiteSpec } from "./figure.ts";

/**
 * Colours as CSS variables, with their values in the light and the dark theme.
 *
 * SB and LB are blue and vermilion of Okabe and Ito's set: readers of all common kinds of colour
 * vision tell them apart. Shape or line form says the same again.
 */
export const COLOURS = {
  "--sb": ["#0072b2", "#5cb8f0"],
  "--lb": ["#c44e00", "#ff9a52"],
  "--paper": ["#595959", "#b4b4b4"],
  "--ink": ["#1b1b1f", "#ececf0"],
  "--muted": ["#5a5a64", "#a9a9b4"],
  "--grid": ["#e3e3e8", "#3a3a42"],
} as const;

/** Width and height of a panel's plot in pixels: two side by side on a desk, one on a phone. */
export const PANEL_SIZE = { width: 300, height: 220 } as const;

/** SB is blue and round, LB vermilion and square, everywhere. */
export const REGIME_COLOUR = {
  field: "regime",
  type: "nominal",
  title: null,
  scale: { domain: ["SB", "LB"], range: ["var(--sb)", "var(--lb)"] },
} as const;

/** See {@link REGIME_COLOUR}. */
export const REGIME_SHAPE = {
  field: "regime",
  type: "nominal",
  title: null,
  scale: { domain: ["SB", "LB"], range: ["circle", "square"] },
} as const;

/** The mark of a regime at the end of its line, where points along the line would hide its form. */
export const END_MARK = { type: "point", size: 50, clip: false } as const;

/** Lets a click on the legend show one regime alone. */
export const REGIME_PICK = {
  name: "picked",
  select: { type: "point", fields: ["regime"] },
  bind: "legend",
} as const;

/** Opacity of what the legend has picked. */
export function pickedOpacity(full = 1): VegaLiteSpec {
  return { condition: { param: "picked", value: full }, value: 0.08 };
}

/** The configuration of every panel. */
export const CONFIG: VegaLiteSpec = {
  background: "transparent",
  // The panel as a whole has an alternative text; hundreds of labelled marks would drown it.
  aria: false,
  mark: { aria: false },
  font: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  view: { stroke: "var(--grid)", fill: null },
  axis: {
    labelColor: "var(--muted)",
    titleColor: "var(--ink)",
    titleFontWeight: "normal",
    titleFontSize: 12,
    labelFontSize: 11,
    gridColor: "var(--grid)",
    domainColor: "var(--grid)",
    tickColor: "var(--grid)",
    tickCount: 5,
  },
  // A label stands at its tick, also at the ends of the axis.
  axisX: { labelFlush: false },
  legend: {
    orient: "top",
    direction: "horizontal",
    labelColor: "var(--ink)",
    labelFontSize: 12,
    symbolStrokeWidth: 2,
    symbolOpacity: 1,
    offset: 4,
  },
  title: {
    color: "var(--ink)",
    fontSize: 13,
    fontWeight: 600,
    anchor: "start",
    frame: "group",
    offset: 8,
  },
  line: { strokeWidth: 1.75 },
  point: { size: 36, filled: true, opacity: 1 },
};

/**
 * The text with its colour variables replaced, for files that are seen outside the page.
 *
 * @example
 * ```ts
 * import { withFixedColours } from "./theme.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(withFixedColours('fill="var(--sb)"'), 'fill="#0072b2"');
 * ```
 */
export function withFixedColours(text: string, theme: "light" | "dark" = "light"): string {
  return text.replaceAll(/var\((--[a-z]+)\)/g, (whole, name: string) => {
    const pair = COLOURS[name as keyof typeof COLOURS];
    return pair ? pair[theme === "light" ? 0 : 1] : whole;
  });
}

/** Labels of magnitudes: 0.01 and 1,000 as people write them, what is smaller or larger as 1e-6. */
export const MAGNITUDE_LABEL =
  "datum.value == 0 || (abs(datum.value) > 9e-4 && abs(datum.value) < 1e5) " +
  "? format(datum.value, ',~g') : replace(format(datum.value, '~e'), 'e+', 'e')";

/**
 * Scale and axis that show magnitudes: logarithmic, or linear where values differ little. Where
 * they are not all positive the scale is linear near zero, as a logarithm would leave them out
 * without a word.
 *
 * @returns `scale` and `axis` of a channel.
 *
 * @example
 * ```ts
 * import { magnitudes } from "./theme.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(magnitudes([0.5, 2000]).axis.values, [0.1, 1, 10, 100, 1000, 10000]);
 * ```
 */
export function magnitudes(values: readonly number[]): { scale: VegaLiteSpec; axis: VegaLiteSpec } {
  if (values.length > 0 && values.every((value) => value > 0)) {
    const axis = { values: decades(values), labelExpr: MAGNITUDE_LABEL };
    return { scale: { type: "log", nice: true }, axis };
  }
  const sizes = values.map(Math.abs).filter((size) => size > 0);
  const constant = sizes.length > 0 ? Math.min(...sizes) : 1;
  const largest = sizes.length > 0 ? Math.max(...sizes) : 1;
  if (largest < 100 * constant) return { scale: { nice: true }, axis: {} };
  const powers = signedDecades(constant, largest);
  return {
    scale: { type: "symlog", constant: rounded(constant), nice: true },
    // Of more values than `tickCount` the axis would leave out every other one, zero among them.
    axis: { values: powers, tickCount: powers.length, labelExpr: MAGNITUDE_LABEL },
  };
}

/** Zero and powers of ten to both sides of it, at most four a side. */
function signedDecades(smallest: number, largest: number): number[] {
  // The axis is linear up to the smallest: labels near it would crowd around zero.
  const low = Math.ceil(Math.log10(5 * smallest));
  // Above the largest the axis ends, as a symlog scale is not extended to the next power.
  const high = Math.floor(Math.log10(largest));
  const step = Math.ceil((high - low + 1) / 4);
  const powers = [];
  for (let power = high; power >= low; power -= step) powers.push(Number(`1e${power}`));
  return [...powers.map((value) => -value), 0, ...powers.toReversed()];
}

/** Powers of ten around the values, with steps between them where those would be few. */
function decades(values: readonly number[]): number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  const steps = high - low <= 1 ? [1, 2, 5] : high - low === 2 ? [1, 3] : [1];
  return Array.from({ length: high - low + 1 }, (_, k) => steps.map((step) => `${step}e${low + k}`))
    .flat().map(Number);
}

/** Six digits: finer than a pixel, and equal on machines whose logarithms differ in the last. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

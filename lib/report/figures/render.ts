/** From a panel to a Vega specification and an SVG, without a browser. */
import { parse, type Spec, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Figure, Panel, VegaLiteSpec } from "./figure.ts";
import { CONFIG, withFixedColours } from "./theme.ts";

/** The version of the language that specifications are written in. */
const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";

/** A panel ready for the page. */
export interface RenderedPanel {
  /** An id: see {@link idOf}. */
  readonly name: string;
  readonly title: string;
  /** Shown at once, and where scripts do not run; its colours are CSS variables. */
  readonly svg: string;
  /** Compiled: the page then needs Vega's runtime only, not Vega-Lite's compiler. */
  readonly vega: object;
}

/** A figure ready for the page and for files of its own. */
export interface RenderedFigure extends Omit<Figure, "panels"> {
  readonly panels: readonly RenderedPanel[];
  /** The whole figure for files: light colours on white. */
  readonly svg: string;
  /** The whole figure as Vega-Lite, for editors and notebooks. */
  readonly vegaLite: VegaLiteSpec;
}

/**
 * Draws a figure. Equal figures give equal bytes.
 *
 * @example
 * ```ts
 * import { renderFigure } from "./render.ts";
 * import assert from "node:assert/strict";
 *
 * const point = { data: { values: [{ x: 1, y: 2 }] }, mark: "point" };
 * const encoding = { x: { field: "x", type: "quantitative" } };
 * const { svg } = await renderFigure({
 *   name: "one",
 *   title: "One point",
 *   caption: "",
 *   alternative: "",
 *   sources: [],
 *   panels: [{ name: "a", title: "A", spec: { ...point, encoding } }],
 * });
 * assert.match(svg, /^<svg .*One point/s);
 * ```
 */
export async function renderFigure(figure: Figure): Promise<RenderedFigure> {
  const vegaLite: VegaLiteSpec = JSON.parse(withFixedColours(JSON.stringify(wholeOf(figure))));
  return {
    ...figure,
    panels: await Promise.all(figure.panels.map(renderPanel)),
    svg: await svgOf(compiled(vegaLite), figure.name),
    vegaLite,
  };
}

/** What panels do not share. */
const OF_A_PANEL = ["color", "shape", "strokeDash", "fill", "stroke"] as const;

/** The panels of a figure as one specification, two or three in a row. */
function wholeOf({ title, panels }: Figure): VegaLiteSpec {
  return {
    $schema: SCHEMA,
    title: { text: title, fontSize: 15, offset: 14 },
    config: { ...CONFIG, background: "#ffffff" },
    padding: 12,
    columns: panels.length % 3 === 0 ? 3 : 2,
    concat: panels.map((panel) => ({ title: panel.title, ...withOwnParameters(panel) })),
    resolve: {
      scale: Object.fromEntries(OF_A_PANEL.map((channel) => [channel, "independent"])),
    },
  };
}

async function renderPanel({ name: given, title, spec }: Panel): Promise<RenderedPanel> {
  const name = idOf(given);
  // The page has the title as text, which folds on a phone.
  const vega = compiled({ $schema: SCHEMA, config: CONFIG, padding: 4, ...spec });
  return { name, title, vega, svg: await svgOf(vega, name) };
}

/**
 * The name as an id that stands unquoted in a CSS url; unequal for unequal names. A network's label is
 * part of it, and may have brackets, quotes and the like.
 */
function idOf(name: string): string {
  return name.replaceAll(
    /[^A-Za-z0-9_.-]/gu,
    (character) => `:${character.codePointAt(0)!.toString(16)}:`,
  );
}

/** In one specification, parameters of different panels need different names. */
function withOwnParameters({ name, spec }: Panel): VegaLiteSpec {
  const own = `picked_${name.replaceAll(/[^A-Za-z0-9]/g, "_")}`;
  return JSON.parse(JSON.stringify(spec).replaceAll('"picked"', JSON.stringify(own)));
}

function compiled(spec: VegaLiteSpec): Spec {
  // Written as plain data, for their types name every combination that the language allows.
  return compile(spec as unknown as TopLevelSpec).spec;
}

async function svgOf(spec: Spec, name: string): Promise<string> {
  const view = new View(parse(spec), { renderer: "none" });
  try {
    return withOwnIds(roundNumbers(await view.toSVG()), name);
  } finally {
    view.finalize();
  }
}

/** Vega numbers what it clips by a counter of the process; here by figure, so that equal is equal. */
function withOwnIds(svg: string, name: string): string {
  const ids = [...svg.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!);
  const own = new Map(ids.map((id, k) => [id, `${name}-${k}`]));
  return svg.replaceAll(
    /(\sid="|url\(#)([^")]+)/g,
    (_, before: string, id: string) => before + (own.get(id) ?? id),
  );
}

/**
 * Numbers in attributes with at most two decimals: a hundredth of a pixel nobody sees, and the last
 * digits differ between machines. Text, such as the labels of an axis, stays as it is.
 */
export function roundNumbers(svg: string): string {
  return svg.replaceAll(
    /<[^>]*>/g,
    (tag) =>
      tag.replaceAll(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (text) => `${Number(Number(text).toFixed(2))}`),
  );
}

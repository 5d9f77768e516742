import type { SurfaceRecord } from "../surface_results.ts";
import { contours } from "./contours.ts";
import type { Panel } from "./figure.ts";
import { rounded } from "./theme.ts";

/** Neutral, so that the colours of SB and LB stay theirs; light is low, dark is high. */
export const HEAT = ["#f7f7f8", "#6c6c78"] as const;

/** The longer side of a panel's plot, in pixels. */
const SIDE = 280;

/** What a panel shows of a surface. */
type Quantity = "trainLoss" | "testAccuracyPercent";

/** The least and the largest loss on all surfaces, which they share as their scale. */
export function heatRange(records: readonly SurfaceRecord[]): readonly [number, number] {
  const losses = records.flatMap(({ rows }) => rows.flatMap(({ trainLoss }) => trainLoss))
    .filter((loss) => Number.isFinite(loss) && loss > 0);
  return [Math.min(...losses), Math.max(...losses)];
}

/** A heat map with contours, and the marked points on it; `what` names what it shows. */
export function surfacePanel(
  name: string,
  record: SurfaceRecord,
  quantity: Quantity,
  range: readonly [number, number],
  what = quantity === "trainLoss" ? "training loss" : "test accuracy in %",
): Panel {
  const { as, bs, rows, regime, plane } = record;
  const isLoss = quantity === "trainLoss";
  const step = (axis: readonly number[]) => (axis[1]! - axis[0]!) / 2;
  const [halfA, halfB] = [step(as), step(bs)];
  const cells = bs.flatMap((b, row) =>
    as.map((a, column) => ({
      a: rounded(a),
      b: rounded(b),
      a1: rounded(a - halfA),
      a2: rounded(a + halfA),
      b1: rounded(b - halfB),
      b2: rounded(b + halfB),
      value: rounded(rows[row]![quantity][column]!),
    }))
  ).filter(({ value }) => Number.isFinite(value) && (!isLoss || value > 0));
  const values = rows.map((row) =>
    row[quantity].map((value) => isLoss ? Math.log10(value) : value)
  );
  const lines = contours(as, bs, values, levelsOf(range, isLoss)).map(({ a, b, a2, b2 }) => ({
    a: rounded(a),
    b: rounded(b),
    a2: rounded(a2),
    b2: rounded(b2),
  }));
  const span = (axis: readonly number[]) => axis.at(-1)! - axis[0]! + axis[1]! - axis[0]!;
  const scale = SIDE / Math.max(span(as), span(bs));
  const [nameA, nameB] = AXES[plane];
  const domain = (axis: readonly number[], half: number) => ({
    domain: [rounded(axis[0]! - half), rounded(axis.at(-1)! + half)],
    nice: false,
    zero: false,
  });
  const axis = { grid: false, tickCount: 5 };
  const x = { type: "quantitative", title: nameA, scale: domain(as, halfA), axis };
  const y = { type: "quantitative", title: nameB, scale: domain(bs, halfB), axis };
  return {
    name: `${name}-${regime ?? "all"}`,
    title: `${regime ? `${regime}: ` : ""}${what}`,
    spec: {
      width: Math.round(scale * span(as)),
      height: Math.round(scale * span(bs)),
      layer: [
        {
          data: { values: cells },
          mark: { type: "rect", strokeWidth: 0.5 },
          encoding: {
            x: { field: "a1", ...x },
            x2: { field: "a2" },
            y: { field: "b1", ...y },
            y2: { field: "b2" },
            ...Object.fromEntries(["fill", "stroke"].map((channel) => [channel, {
              field: "value",
              type: "quantitative",
              scale: {
                type: isLoss ? "log" : "linear",
                domain: range.map(rounded),
                range: isLoss ? HEAT : HEAT.toReversed(),
                nice: false,
              },
              legend: channel === "stroke" ? null : {
                title: what,
                gradientLength: 160,
                gradientThickness: 8,
                titleColor: "var(--ink)",
                titleFontWeight: "normal",
                ...(isLoss && { format: "~g", tickCount: 4 }),
              },
            }])),
            tooltip: [
              { field: "a", title: nameA, format: ".3~g" },
              { field: "b", title: nameB, format: ".3~g" },
              { field: "value", title: what, format: ".4~g" },
            ],
          },
        },
        {
          data: { name: `contours-${name}-${regime}`, values: lines },
          mark: { type: "rule", color: "#16161a", opacity: 0.45, strokeWidth: 0.75 },
          encoding: {
            x: { field: "a", ...x },
            x2: { field: "a2" },
            y: { field: "b", ...y },
            y2: { field: "b2" },
          },
        },
        ...markLayers(record, x, y),
      ],
    },
  };
}

/** The ways of training, and the minima where they end. */
function markLayers({ marks, regime }: SurfaceRecord, x: object, y: object): object[] {
  const values = marks.map(({ name, line, isMinimum, a, b, distance, trainLoss }, order) => ({
    name,
    regime: ownerOf(line, regime),
    order,
    isMinimum,
    a: rounded(a),
    b: rounded(b),
    distance: rounded(distance),
    loss: rounded(trainLoss),
  }));
  const at = { x: { field: "a", ...x }, y: { field: "b", ...y } };
  const domain = ["SB", "LB", "other"];
  const colour = {
    field: "regime",
    type: "nominal",
    legend: null,
    // The heat map is the same in both themes, and so are the marks on it.
    scale: { domain, range: ["#0072b2", "#c44e00", "#16161a"] },
  };
  const shape = { ...colour, scale: { domain, range: ["circle", "square", "triangle-up"] } };
  return [
    {
      data: { values: values.filter(({ regime }) => regime !== "other") },
      mark: { type: "line", strokeWidth: 1.75 },
      encoding: { ...at, color: colour, order: { field: "order" } },
    },
    {
      data: { values },
      mark: { type: "point", filled: true, opacity: 1, stroke: "#ffffff", strokeWidth: 1 },
      encoding: {
        ...at,
        fill: colour,
        shape,
        size: { condition: { test: "datum.isMinimum", value: 110 }, value: 30 },
        tooltip: [
          { field: "name", title: "point" },
          { field: "distance", title: "from the plane", format: ".3~g" },
          { field: "loss", title: "training loss", format: ".4~g" },
        ],
      },
    },
  ];
}

/** Whose a mark is; of a plane of one run all are its own. */
export function ownerOf(line: string | undefined, regime: string | undefined): string {
  return regime ?? (line === "SB" || line === "LB" ? line : "other");
}

/** Names of the axes, for each kind of plane. */
const AXES = {
  random: ["a, first direction", "b, second direction"],
  eigenvectors: ["a, along the first eigenvector", "b, along the second"],
  trajectory: ["a, first principal direction", "b, second"],
  minima: ["a, from SB to LB", "b, towards the third"],
} as const;

/** Every quarter of a decade of the loss, or less often where that is many; every ten percent. */
function levelsOf([low, high]: readonly [number, number], isLoss: boolean): number[] {
  if (!isLoss) return [10, 20, 30, 40, 50, 60, 70, 80, 90];
  const [first, last] = [Math.ceil(4 * Math.log10(low)), Math.floor(4 * Math.log10(high))];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => (first + k) / 4);
}

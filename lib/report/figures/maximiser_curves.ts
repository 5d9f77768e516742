import { groupBy, sourcesOf } from "../groups.ts";
import type { SharpnessRecord } from "../results.ts";
import { keyOfWay } from "../sharpness_way.ts";
import { showNumber } from "../summary.ts";
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

const NAME = "maximiser";
const TITLE = "How the maximiser decides: φ against its iterations";

/** The line forms of up to four starts; that of the first is solid. */
const DASHES = [[1, 0], [5, 3], [1.5, 2.5], [8, 3, 2, 3]] as const;

/** φ after each iteration of L-BFGS-B for SB and LB, from each start that was tried. */
export function maximiserCurves(records: readonly SharpnessRecord[]): Figure | MissingFigure {
  const own = records.filter(({ diverged, restarts }) => !diverged && restarts.length > 0);
  if (own.length === 0) {
    return { name: NAME, title: TITLE, missing: "No sharpness has been measured yet." };
  }
  const groups = [...groupBy(own, groupOf).values()].sort((a, b) =>
    placeOf(a[0]!) - placeOf(b[0]!) || b[0]!.epsilon - a[0]!.epsilon
  );
  return {
    name: NAME,
    title: TITLE,
    caption: "One line a trial. φ is Metric 2.1 in percent at the best point so far; iteration 0 " +
      "is the start. The paper's protocol ends after ten iterations: where lines still rise, the " +
      "budget and not the minimum decides.",
    alternative: groups.map(inWords).join(" "),
    panels: groups.map(curvesPanel),
    sources: sourcesOf(own),
  };
}

function groupOf(record: SharpnessRecord): string {
  return `${record.network} ${record.epsilon} ${keyOfWay(record)}`;
}

/** Full space first. */
function placeOf({ space }: SharpnessRecord): number {
  return space === "full" ? 0 : space.dimension;
}

function nameOf({ network, epsilon, space }: SharpnessRecord): string {
  const where = space === "full" ? "full space" : `p = ${space.dimension}`;
  return `${network}, ε = ${epsilon.toExponential()}, ${where}`;
}

function startsOf(group: readonly SharpnessRecord[]): string[] {
  return [...new Set(group.flatMap(({ restarts }) => restarts.map(({ start }) => start)))];
}

function curvesPanel(group: readonly SharpnessRecord[], k: number): Panel {
  const starts = startsOf(group);
  const values = group.flatMap(({ regime, trial, restarts }) =>
    restarts.flatMap(({ start, curve }, run) =>
      curve.filter(({ percent }) => Number.isFinite(percent)).map(({ iteration, percent }) => ({
        regime,
        trial,
        run,
        start,
        iteration,
        phi: rounded(percent),
      }))
    )
  );
  const encoding = {
    x: {
      field: "iteration",
      type: "quantitative",
      title: "iteration of L-BFGS-B",
      axis: { tickMinStep: 1, format: "d" },
    },
    y: {
      field: "phi",
      type: "quantitative",
      title: "φ in %",
      ...magnitudes(values.map(({ phi }) => phi)),
    },
    color: REGIME_COLOUR,
    opacity: pickedOpacity(0.85),
    tooltip: [
      { field: "regime", title: "batches" },
      { field: "trial", title: "trial" },
      { field: "start", title: "start" },
      { field: "iteration", title: "iteration" },
      { field: "phi", title: "φ in %", format: ".4~g" },
    ],
  };
  const startForm = {
    field: "start",
    type: "nominal",
    title: null,
    scale: { domain: starts, range: starts.map((_, k) => DASHES[k % DASHES.length]) },
  };
  return {
    name: `${NAME}-${k + 1}`,
    title: `${nameOf(group[0]!)}${starts.length === 1 ? `, from the ${starts[0]}` : ""}`,
    spec: {
      ...PANEL_SIZE,
      data: { values },
      layer: [
        {
          params: [REGIME_PICK],
          mark: { type: "line" },
          encoding: {
            ...encoding,
            detail: [{ field: "trial" }, { field: "run" }],
            ...(starts.length > 1 && { strokeDash: startForm }),
          },
        },
        { mark: { type: "point", size: 22 }, encoding: { ...encoding, shape: REGIME_SHAPE } },
      ],
    },
  };
}

function inWords(group: readonly SharpnessRecord[]): string {
  const ends = (["SB", "LB"] as const).flatMap((regime) => {
    const values = group.filter((record) => record.regime === regime)
      .map(({ percent }) => percent).filter(Number.isFinite);
    if (values.length === 0) return [];
    const [low, high] = [Math.min(...values), Math.max(...values)].map(showNumber);
    return [`${regime} ends between ${low} and ${high} %`];
  });
  return `${nameOf(group[0]!)}: ${ends.join(", ")}.`;
}

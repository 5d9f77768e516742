import { groupBy, sourcesOf } from "../groups.ts";
import type { MaximiserRun, SharpnessRecord } from "../results.ts";
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
import { wayBeside } from "./way_beside.ts";

const NAME = "maximiser";
const TITLE = "How the maximiser decides: φ against the gradients that it took";

/** The line forms of up to four climbs; that of the first is solid. */
const DASHES = [[1, 0], [5, 3], [1.5, 2.5], [8, 3, 2, 3]] as const;

/** φ after each iteration of each climb, for SB and LB. */
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
    caption:
      "See whether a line is level at its end: then the maximum was found. One line a trial and " +
      "climb. φ is Metric 2.1 in percent at the best point so far. The " +
      "paper's ten iterations of L-BFGS-B often end before the climb begins. The power method finds " +
      "more for fewer gradients: in full space it begins where a search on samples of the examples " +
      "has led (\u201cfrom the samples\u201d), whose cost stands before its line; in a subspace where " +
      "L-BFGS-B ended. Where lines still rise, the budget and not the minimum decides.",
    alternative: groups.map((group) => inWords(group, titleOf(group, own))).join(" "),
    panels: groups.map((group, k) => curvesPanel(group, k, titleOf(group, own))),
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

/** The name, and the way of measuring where others with the same name were measured otherwise. */
function titleOf([first]: readonly SharpnessRecord[], own: readonly SharpnessRecord[]): string {
  const name = nameOf(first!);
  return name + wayBeside(first!, own.filter((other) => nameOf(other) === name));
}

function climbsOf(group: readonly SharpnessRecord[]): string[] {
  return [...new Set(group.flatMap(({ restarts }) => restarts.map(climbOf)))];
}

function climbOf({ maximiser = "L-BFGS-B", start }: MaximiserRun): string {
  return `${maximiser} from the ${start}`;
}

function curvesPanel(group: readonly SharpnessRecord[], k: number, title: string): Panel {
  const climbs = climbsOf(group);
  const start = `, from the ${group[0]!.start}`;
  const isNamed = climbs.length > 1 || title.includes(", from ");
  const values = group.flatMap(({ regime, trial, restarts, search }) =>
    restarts.flatMap((climb, run) =>
      climb.curve.filter(({ percent }) => Number.isFinite(percent)).map((point) => ({
        regime,
        trial,
        run,
        climb: climbOf(climb),
        gradients: rounded(
          (point.evaluations ?? point.iteration + 1) +
            (climb.start === "samples" ? search?.inEvaluations ?? 0 : 0),
        ),
        phi: rounded(point.percent),
      }))
    )
  );
  const encoding = {
    x: {
      field: "gradients",
      type: "quantitative",
      title: "gradients of f",
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
      { field: "climb", title: "climb" },
      { field: "gradients", title: "gradients" },
      { field: "phi", title: "φ in %", format: ".4~g" },
    ],
  };
  const climbForm = {
    field: "climb",
    type: "nominal",
    title: null,
    // One below the other: side by side they would be wider than the plot.
    legend: { direction: "vertical", labelLimit: PANEL_SIZE.width },
    scale: { domain: climbs, range: climbs.map((_, k) => DASHES[k % DASHES.length]) },
  };
  return {
    name: `${NAME}-${k + 1}`,
    title: isNamed ? title : title + start,
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
            ...(climbs.length > 1 && { strokeDash: climbForm }),
          },
        },
        { mark: { type: "point", size: 22 }, encoding: { ...encoding, shape: REGIME_SHAPE } },
      ],
    },
  };
}

function inWords(group: readonly SharpnessRecord[], title: string): string {
  const ends = (["SB", "LB"] as const).flatMap((regime) => {
    const values = group.filter((record) => record.regime === regime)
      .map(({ percent }) => percent).filter(Number.isFinite);
    if (values.length === 0) return [];
    const [low, high] = [Math.min(...values), Math.max(...values)].map(showNumber);
    return [`${regime} ends between ${low} and ${high} %`];
  });
  return `${title}: ${ends.join(", ")}.`;
}

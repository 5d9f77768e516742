/** Side studies as pictures: every arm of a study a line of dots, one a trial. */
import { groupBy, sourcesOf } from "../groups.ts";
import { armOf } from "../reinitialised_table.ts";
import type { MeasuredRun } from "../results.ts";
import { smallFirst } from "../run_table.ts";
import type { SideStudies } from "../side_studies.ts";
import { showSummary, summarise } from "../summary.ts";
import type { Figure, Panel } from "./figure.ts";
import { magnitudes, PANEL_SIZE, REGIME_COLOUR, REGIME_SHAPE, rounded } from "./theme.ts";

/** The least height of an arm's line, in pixels. */
const ROW = 24;

/** A run under the short name of its arm. */
interface ArmRun {
  readonly arm: string;
  readonly run: MeasuredRun;
}

/** The figures of those side studies that have records. */
export function sideFigures(studies: SideStudies): Figure[] {
  const { labelled, reinitialisedFrom, reinitialised, fineTunedBeside, fineTuned } = studies;
  const named = (runs: readonly MeasuredRun[], nameOf: (run: MeasuredRun) => string): ArmRun[] =>
    runs.map((run) => ({ arm: nameOf(run), run }));
  const regime = ({ labels }: MeasuredRun) => labels.regime ?? "";
  return [
    armsFigure(
      "remedies",
      "Remedies of large batches",
      named(smallFirst(studies.remedies), regime),
    ),
    armsFigure(
      "random-labels",
      "Random labels: what is learnt by heart",
      named(
        smallFirst(labelled).toSorted((a, b) => isRandom(a) - isRandom(b)),
        (run) => `${regime(run)}, ${isRandom(run) ? "random" : "true"}`,
      ),
    ),
    armsFigure(
      "reinitialised",
      "Re-initialising LB's sharpest coordinates",
      reinitialised.length === 0 ? [] : [
        ...named(smallFirst(reinitialisedFrom), regime),
        ...reinitialised.map((run) => ({ arm: armOf(run), run })),
      ],
    ),
    armsFigure(
      "fine-tuning",
      "Fine-tuning a trained network",
      fineTuned.length === 0 ? [] : [
        ...named(smallFirst(fineTunedBeside), (run) => `${regime(run)}, random start`),
        ...named(smallFirst(fineTuned), (run) => `${regime(run)}, fine-tuned`),
      ],
    ),
  ].flat();
}

/** 1 for random labels, 0 for true ones. */
function isRandom({ labels }: MeasuredRun): number {
  return labels.labels === "true" ? 0 : 1;
}

/** Whether an arm is SB or LB itself, whose mean is a line across all arms. */
function isPlain({ arm, run }: ArmRun): boolean {
  return arm === sizeOf(run);
}

/** In whose colour and shape a run is drawn. */
function sizeOf({ labels }: MeasuredRun): "SB" | "LB" {
  return labels.regime?.startsWith("SB") ? "SB" : "LB";
}

/** The figure, unless there is nothing to draw. */
function armsFigure(name: string, title: string, all: readonly ArmRun[]): Figure[] {
  const sound = all.filter(({ run }) => !run.diverged);
  if (sound.length === 0) return [];
  const networks = [...groupBy(sound, ({ run }) => run.network)];
  return [{
    name,
    title,
    caption:
      "See which arms lie beside SB rather than LB. A dot is a trial, a bar the mean of an arm" +
      (sound.some(isPlain) ? ", a dashed line that of SB or LB itself; " : "; ") +
      "the table of the same study has the numbers and says what its arms are.",
    alternative: networks.flatMap(([network, runs]) =>
      [...groupBy(runs, ({ arm }) => arm)].map(([arm, own]) => {
        const test = summarise(own, ({ run }) => run.testAccuracyPercent);
        const phi = summarise(own, ({ run }) => run.sharpness?.percent ?? NaN);
        return `${network}, ${arm}: test accuracy ${showSummary(test)} %, φ ${showSummary(phi)} %.`;
      })
    ).join(" "),
    panels: networks.flatMap(([network, runs]) => [
      ...armPanel(`${name}-test-${network}`, `${network}: test accuracy`, runs, {
        title: "test accuracy in %",
        valueOf: ({ testAccuracyPercent }) => testAccuracyPercent,
        isMagnitude: false,
      }),
      ...armPanel(`${name}-sharpness-${network}`, `${network}: sharpness`, runs, {
        title: "φ in %",
        valueOf: ({ sharpness }) => sharpness?.percent ?? NaN,
        isMagnitude: true,
      }),
    ]),
    sources: sourcesOf(sound.flatMap(({ run }) => run.sharpness ? [run, run.sharpness] : [run])),
  }];
}

/** One number of all arms; no panel where it was not measured. */
function armPanel(
  name: string,
  title: string,
  runs: readonly ArmRun[],
  options: {
    readonly title: string;
    readonly valueOf: (run: MeasuredRun) => number;
    readonly isMagnitude: boolean;
  },
): Panel[] {
  const values = runs.map(({ arm, run }) => ({
    arm,
    size: sizeOf(run),
    trial: run.trial,
    value: rounded(options.valueOf(run)),
  })).filter(({ value }) => Number.isFinite(value));
  if (values.length === 0) return [];
  const order = [...new Set(values.map(({ arm }) => arm))];
  const y = { field: "arm", type: "nominal", title: null, sort: order };
  const x = {
    field: "value",
    type: "quantitative",
    title: options.title,
    ...(options.isMagnitude
      ? magnitudes(values.map(({ value }) => value))
      : { scale: { zero: false } }),
  };
  const ofSize = { field: "size", legend: null };
  return [{
    name,
    title,
    spec: {
      ...PANEL_SIZE,
      // Some studies have more arms than fit into the height of a panel.
      height: Math.max(PANEL_SIZE.height, ROW * order.length),
      data: { values },
      layer: [
        {
          mark: { type: "tick", color: "var(--ink)", thickness: 2, size: 20 },
          encoding: { y, x: { ...x, aggregate: "mean" } },
        },
        {
          mark: { type: "rule", strokeDash: [3, 3] },
          transform: [{ filter: "datum.arm === datum.size" }],
          encoding: {
            x: { ...x, aggregate: "mean" },
            color: { ...REGIME_COLOUR, ...ofSize },
          },
        },
        {
          mark: "point",
          encoding: {
            y,
            x,
            color: { ...REGIME_COLOUR, ...ofSize },
            shape: { ...REGIME_SHAPE, ...ofSize },
            tooltip: [
              { field: "arm", title: "arm" },
              { field: "trial", title: "trial" },
              { field: "value", title: options.title, format: ".4~g" },
            ],
          },
        },
      ],
    },
  }];
}

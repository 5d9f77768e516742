import { groupBy } from "./groups.ts";
import { gapDeviation, meanInterval, overPairs } from "./interval.ts";
import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun } from "./results.ts";
import { ACCURACY_COLUMNS, MINIMUM_COLUMNS, runTable, smallFirst } from "./run_table.ts";
import { showNumber, showPoints } from "./summary.ts";

/** A run that went on from LB's minimum with some coordinates set back to x₀. */
export interface ReinitialisedRun extends MeasuredRun {
  /** Which coordinates. */
  readonly reinitialised: {
    readonly which: "sharpest" | "random" | "none";
    /** Their share of all. */
    readonly share: number;
    /** Share of the sharpest that two independent halves of the probes agree on. */
    readonly agreement?: number;
    /** Epochs at α = 0 in which ADAM's moments settled before it went on; none: fresh moments. */
    readonly heldEpochs?: number;
  };
  /** Where it went on from: the minimum with these coordinates set back. */
  readonly start: {
    readonly trainLoss: number;
    readonly testAccuracyPercent: number;
  };
}

/**
 * Whether LB finds a flatter minimum once its sharpest coordinates are set back to x₀: an open
 * question, beside as many random ones and none.
 *
 * @param pair The runs of SB and LB that it began with.
 */
export function reinitialisedTable(
  pair: readonly MeasuredRun[],
  runs: readonly ReinitialisedRun[],
): ReportTable {
  const arms = new Map(runs.map((run) => [run.source, run]));
  const before = new Map(
    pair.filter(({ labels, diverged }) => labels.regime === "LB" && !diverged).map((
      run,
    ) => [pairOf(run), run]),
  );
  const ratio = (run: MeasuredRun) => {
    const base = before.get(pairOf(run))?.sharpness;
    return arms.has(run.source) && base && run.sharpness
      ? run.sharpness.percent / base.percent
      : undefined;
  };
  const whichOf = (run: MeasuredRun) => arms.get(run.source)?.reinitialised.which;
  return runTable(runs.length > 0 ? [...smallFirst(pair), ...runs] : [], {
    name: "reinitialised",
    title: "Re-initialising LB's sharpest coordinates, and going on with LB",
    inputs: [
      "reinitialisedFrom",
      "reinitialisedFromSharpness",
      "reinitialised",
      "reinitialisedSharpness",
    ],
    rowOf: (run) => {
      const which = whichOf(run);
      return which ? `LB, then LB: ${ARMS[which]}` : run.labels.regime ?? "";
    },
    keysOf: (run) => ({
      regime: run.labels.regime ?? "LB",
      reinitialised: whichOf(run) ?? "",
    }),
    columns: [
      {
        heading: "loss at its start",
        key: "startLoss",
        of: ({ source }) => arms.get(source)?.start.trainLoss,
      },
      {
        heading: "test at its start",
        key: "startTest",
        of: ({ source }) => arms.get(source)?.start.testAccuracyPercent,
      },
      ...ACCURACY_COLUMNS,
      ...MINIMUM_COLUMNS,
      { heading: "φ / φ of LB", key: "ratio", of: ratio },
    ],
    notes: [
      agreementNote(runs),
      ...[...groupBy(runs, ({ network }) => network).values()].flatMap((own) =>
        (["random", "none"] as const).flatMap((control) => comparisonNote(own, control))
      ),
    ],
  });
}

/** What the arm of a run is called: `sharpest set back`. */
export function armOf({ reinitialised }: ReinitialisedRun): string {
  return ARMS[reinitialised.which];
}

/** What two runs share that began at the same minimum. */
function pairOf({ network, trial }: MeasuredRun): string {
  return `${network} ${trial}`;
}

const ARMS = {
  sharpest: "sharpest set back",
  random: "random set back",
  none: "nothing set back",
} as const;

/** φ and test accuracy of one network with the sharpest set back against a control, trial by trial. */
function comparisonNote(
  runs: readonly ReinitialisedRun[],
  control: "random" | "none",
): string[] {
  const arm = (which: string) =>
    runs.filter(({ reinitialised, diverged }) => reinitialised.which === which && !diverged);
  const over = (value: (a: ReinitialisedRun, b: ReinitialisedRun) => number, least = 0) =>
    meanInterval(overPairs(arm("sharpest"), arm(control), value).filter(Number.isFinite), least);
  const phi = over((a, b) =>
    Math.log((a.sharpness?.percent ?? NaN) / (b.sharpness?.percent ?? NaN))
  );
  const test = over((a, b) => a.testAccuracyPercent - b.testAccuracyPercent, gapDeviation(runs));
  if (!phi || !test) return [];
  const [ratio, low, high] = [phi.mean, phi.low, phi.high].map((x) => showNumber(Math.exp(x)));
  const others = control === "random" ? "as many random coordinates" : "none";
  return [
    `${
      runs[0]!.network
    }: against ${others} set back, the sharpest set back multiply φ by ${ratio} ` +
    `(geometric mean of ${phi.n} pairs, 95 % interval ${low} to ${high}) and add ${
      showPoints(test.mean)
    } points of ` +
    `test accuracy (${showPoints(test.low)} to ${showPoints(test.high)}).`,
  ];
}

/** Which moments the runs went on with. */
function momentsOf(runs: readonly ReinitialisedRun[]): string {
  const held = new Set(runs.map(({ reinitialised }) => reinitialised.heldEpochs ?? 0));
  const words = [...held].map((epochs) =>
    epochs > 0
      ? `moments that ${epochs} epochs at α = 0 have gathered where each run begins`
      : "fresh moments"
  );
  return words.join(" or ");
}

function agreementNote(runs: readonly ReinitialisedRun[]): string {
  const shares = [
    ...new Set(runs.map(({ reinitialised }) => Number((100 * reinitialised.share).toPrecision(6)))),
  ];
  const agreements = runs.flatMap(({ reinitialised }) => reinitialised.agreement ?? []);
  const mean = agreements.reduce((sum, value) => sum + value, 0) / agreements.length;
  return `Of LB's minimum ${
    shares.join(", ")
  } % of the coordinates go back to x₀'s values, then LB goes on with ${momentsOf(runs)}; ` +
    "‖x − x₀‖₂ is from where a run began. Sharpest by ½ H_ii b_i², with H's diagonal from products with random signs" +
    (agreements.length > 0
      ? `: two halves of these agree on ${(100 * mean).toFixed(0)} % of the choice (chance: ${
        shares.join(", ")
      } %).`
      : ".");
}

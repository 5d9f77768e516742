import type { ReportTable } from "./report_table.ts";
import type { MeasuredRun } from "./results.ts";
import { ACCURACY_COLUMNS, MINIMUM_COLUMNS, runTable, smallFirst } from "./run_table.ts";

/** A run that went on from LB's minimum with some coordinates set back to x₀. */
export interface ReinitialisedRun extends MeasuredRun {
  /** Which coordinates. */
  readonly reinitialised: {
    readonly which: "sharpest" | "random" | "none";
    /** Their share of all. */
    readonly share: number;
    /** Share of the sharpest that two independent halves of the probes agree on. */
    readonly agreement?: number;
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
  const startOf = new Map(runs.map((run) => [run.source, run.start]));
  const before = new Map(
    pair.filter(({ labels }) => labels.regime === "LB").map((run) => [`${run.trial}`, run]),
  );
  const ratio = (run: MeasuredRun) => {
    const base = before.get(`${run.trial}`)?.sharpness;
    return startOf.has(run.source) && base && run.sharpness
      ? run.sharpness.percent / base.percent
      : undefined;
  };
  const which = new Map(runs.map((run) => [run.source, run.reinitialised.which]));
  const rowOf = (run: MeasuredRun) => {
    const kind = which.get(run.source);
    return kind === undefined
      ? `${run.network} ${run.labels.regime}`
      : `${run.network} LB, then LB with ${ARMS[kind]}`;
  };
  const table = runTable(runs.length > 0 ? [...smallFirst(pair), ...runs] : [], {
    name: "reinitialised",
    title: "Re-initialising LB's sharpest coordinates, and going on with LB",
    inputs: ["reinitialisedFrom", "reinitialisedFromSharpness", "reinitialised"],
    rowOf,
    keysOf: (run) => ({
      network: run.network,
      regime: run.labels.regime ?? "LB",
      reinitialised: which.get(run.source) ?? "",
    }),
    columns: [
      {
        heading: "loss at its start",
        key: "startLoss",
        of: ({ source }) => startOf.get(source)?.trainLoss,
      },
      {
        heading: "test at its start",
        key: "startTest",
        of: ({ source }) => startOf.get(source)?.testAccuracyPercent,
      },
      ...ACCURACY_COLUMNS,
      ...MINIMUM_COLUMNS,
      { heading: "φ / φ of LB", key: "ratio", of: ratio },
    ],
    notes: [agreementNote(runs)],
  });
  return { ...table, inputs: [...table.inputs, "reinitialisedSharpness"] };
}

const ARMS = {
  sharpest: "the sharpest set back",
  random: "random ones set back",
  none: "nothing set back",
} as const;

function agreementNote(runs: readonly ReinitialisedRun[]): string {
  const shares = [...new Set(runs.map(({ reinitialised }) => 100 * reinitialised.share))];
  const agreements = runs.flatMap(({ reinitialised }) => reinitialised.agreement ?? []);
  const mean = agreements.reduce((sum, value) => sum + value, 0) / agreements.length;
  return `Of LB's minimum ${
    shares.join(", ")
  } % of the coordinates go back to x₀'s values, then LB goes on with fresh moments; ‖x − x₀‖₂ is ` +
    "from where a run began. Sharpest by ½ H_ii b_i², with H's diagonal from products with random signs" +
    (agreements.length > 0
      ? `: two halves of these agree on ${(100 * mean).toFixed(0)} % of the choice (chance: ${
        shares.join(", ")
      } %).`
      : ".");
}

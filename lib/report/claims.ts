/** What the paper's abstract claims, what it measured, and what this study found. */
import { groupBy, soundOf } from "./groups.ts";
import {
  gapDeviation,
  type MeanInterval,
  meanInterval,
  overPairs,
  settledSign,
} from "./interval.ts";
import { PAPER_ACCURACY, PAPER_SHARPNESS_FULL } from "./paper.ts";
import type { SharpnessRecord, TrainRecord } from "./results.ts";
import { compareSharpness, type SharpnessComparison } from "./sharpness_comparison.ts";
import { distinguishingWay } from "./sharpness_way.ts";
import { showNumber, showPoints, showSummary, summarise } from "./summary.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** One claim with both sides' numbers. */
export interface Claim {
  readonly network: string;
  /** What the paper says, as a short statement. */
  readonly statement: string;
  readonly paper: string;
  readonly ours: string;
  /** Ours in a few words, to follow "here"; absent where nothing was measured. */
  readonly short?: {
    /** With its verb: `large-batch minima are`. */
    readonly subject: string;
    readonly predicate: string;
  };
  readonly verdict: Verdict;
  /** The table with the numbers, by its name. */
  readonly table: string;
}

/** Below so many examples a run is a test of the machinery and draws no conclusion. */
const LEAST_EXAMPLES = 1000;

const SHARPNESS = { table: "table3" } as const;
const ACCURACY = { table: "table2" } as const;

/**
 * The claims of the abstract for each network of the study.
 *
 * @example
 * ```ts
 * import { claims } from "./claims.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(claims([], []), []); // nothing trained, nothing to say
 * ```
 */
export function claims(
  train: readonly TrainRecord[],
  sharpness: readonly SharpnessRecord[],
): Claim[] {
  const full = sharpness.filter(({ space }) => space === "full");
  return [...groupBy(train, ({ network }) => network)].flatMap(([network, own]) => {
    const comparisons = compareSharpness(full.filter((record) => record.network === network));
    const found = [
      ...(comparisons.length > 0
        ? comparisons.map((each) => sharpnessClaim(each, full))
        : [notMeasured(network)]),
      accuracyClaim(network, own),
    ];
    return isToy(own) ? found.map((claim) => ({ ...claim, verdict: "toy" as const })) : found;
  });
}

/** Whether a network was trained on too few examples for its numbers to mean anything. */
export function isToy(train: readonly Pick<TrainRecord, "trainCount">[]): boolean {
  return train.some(({ trainCount }) => trainCount < LEAST_EXAMPLES);
}

function notMeasured(network: string): Claim {
  const statement = "Large-batch minima are sharper";
  return {
    ...SHARPNESS,
    network,
    statement,
    paper: NOT_IN_PAPER,
    ours: "not measured yet",
    verdict: "missing",
  };
}

/** Several runs of one regime in a trial make no pair either. */
const NO_PAIR = "no trial has one run of each yet";

/** Where the paper has no number of a network, or of an ε. */
const NOT_IN_PAPER = "no number";

function sharpnessClaim(
  { network, epsilon, pairs, paired, sharperPairs, logRatio, settled, records }:
    SharpnessComparison,
  all: readonly SharpnessRecord[],
): Claim {
  const way = distinguishingWay(records[0]!, all);
  const where = `ε = ${epsilon.toExponential()}`;
  const statement = `Large-batch minima are sharper (${[where, "full space", ...way].join(", ")})`;
  const row = PAPER_SHARPNESS_FULL.find((each) =>
    each.network === network && each.epsilon === epsilon
  );
  const paper = row ? compared(row.LB.mean, row.SB.mean) : NOT_IN_PAPER;
  if (!paired) {
    return { ...SHARPNESS, network, statement, paper, ours: NO_PAIR, verdict: "missing" };
  }
  const { SB, LB } = paired;
  const order = compared(LB.mean, SB.mean);
  return {
    ...SHARPNESS,
    network,
    statement,
    paper,
    short: {
      subject: "large-batch minima are",
      predicate: `${order} at ${[where, ...way].join(", ")}`,
    },
    ours: `${order}: φ ${showNumber(LB.mean)} % against ${showNumber(SB.mean)} %, ` +
      `n = ${pairs}; sharper in ${sharperPairs} of ${pairs} trials` +
      (logRatio ? `, LB/SB trial by trial ${showRatio(logRatio)}` : "") +
      (logRatio && logRatio.n < pairs ? ` in the ${logRatio.n} where both are above 0` : ""),
    verdict: verdictOf(LB.mean - SB.mean, settled),
  };
}

/** `3.52 (95 % interval 2.10 to 5.90)`, of the geometric mean. */
function showRatio({ mean, low, high }: MeanInterval): string {
  const [ratio, least, most] = [mean, low, high].map((value) => showNumber(Math.exp(value)));
  return `${ratio} (95 % interval ${least} to ${most})`;
}

/** Which of two sharpness values is the larger one, and by what factor. */
function compared(LB: number, SB: number): string {
  const order = LB > SB ? "sharper" : LB < SB ? "flatter" : "as sharp";
  const factor = Math.max(LB, SB) / Math.min(LB, SB);
  return LB === SB || !Number.isFinite(factor)
    ? order
    : `${order} by a factor of ${showFactor(factor)}`;
}

/** Three digits, or all before the point; as many as it takes to tell it from 1. */
function showFactor(factor: number): string {
  if (factor >= 999.5) return factor.toFixed(0);
  const short = factor.toPrecision(3);
  return Number(short) > 1 ? short : String(Number(factor.toPrecision(6)));
}

function accuracyClaim(network: string, records: readonly TrainRecord[]): Claim {
  const statement = "Small-batch minima generalise better";
  const pairs = overPairs(
    soundOf(records, "SB"),
    soundOf(records, "LB"),
    (small, large) => [small.testAccuracyPercent, large.testAccuracyPercent] as const,
  );
  const [SB, LB] = [summarise(pairs, ([small]) => small), summarise(pairs, (pair) => pair[1])];
  const row = PAPER_ACCURACY[network];
  const paper = row ? `by ${showPoints(row.testSB.mean - row.testLB.mean)} points` : NOT_IN_PAPER;
  if (!SB || !LB) {
    return { ...ACCURACY, network, statement, paper, ours: NO_PAIR, verdict: "missing" };
  }
  const gaps = pairs.map(([small, large]) => small - large);
  const least = gapDeviation(records);
  const gap = meanInterval(gaps, least);
  const interval = gap
    ? `; 95 % interval of the difference ${showPoints(gap.low)} to ${showPoints(gap.high)}`
    : "";
  // Sums of percentages differ by float64's rounding where the counts are equal.
  const difference = Math.abs(SB.mean - LB.mean) < 1e-9 ? 0 : SB.mean - LB.mean;
  const found = difference === 0
    ? "as good on the test set"
    : `${showPoints(Math.abs(difference))} points ${
      difference > 0 ? "better" : "worse"
    } on the test set`;
  return {
    ...ACCURACY,
    network,
    statement,
    paper,
    short: {
      subject: "small batches do",
      predicate: found,
    },
    ours: `${found} (${showSummary(SB)} % against ${showSummary(LB)} %, n = ${SB.n}${interval})`,
    verdict: verdictOf(difference, settledSign(gaps, least)),
  };
}

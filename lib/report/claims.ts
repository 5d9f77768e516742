/** What the paper's abstract claims, what it measured, and what this study found. */
import { groupBy, soundOf, trialCounts } from "./groups.ts";
import { coversZero, type MeanInterval, meanInterval, overPairs } from "./interval.ts";
import { PAPER_ACCURACY, PAPER_SHARPNESS_FULL } from "./paper.ts";
import type { SharpnessRecord, TrainRecord } from "./results.ts";
import { compareSharpness, type SharpnessComparison } from "./sharpness_comparison.ts";
import { distinguishingWay } from "./sharpness_way.ts";
import { showNumber, showSummary, summarise } from "./summary.ts";
import type { Verdict } from "./verdict.ts";

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

/**
 * The verdict on a difference of means whose sign is the claim: the paper's is positive.
 *
 * @param interval Of the same difference trial by trial, or of logarithms; where its sign is the
 *   opposite one, as few large values can make a mean, nothing is settled.
 */
function verdictOf(difference: number, interval: MeanInterval | undefined): Verdict {
  const settled = interval && !coversZero(interval) ? Math.sign(interval.mean) : 0;
  if (difference > 0) return settled > 0 ? "agrees" : "leans";
  return settled < 0 ? "differs" : "leans-away";
}

function notMeasured(network: string): Claim {
  const statement = "Large-batch minima are sharper";
  return {
    ...SHARPNESS,
    network,
    statement,
    paper: "–",
    ours: "not measured yet",
    verdict: "missing",
  };
}

function sharpnessClaim(
  { network, epsilon, SB, LB, pairs, sharperPairs, logRatio, records }: SharpnessComparison,
  all: readonly SharpnessRecord[],
): Claim {
  const way = ["full space", ...distinguishingWay(records[0]!, all)].join(", ");
  const statement = `Large-batch minima are sharper (ε = ${epsilon.toExponential()}, ${way})`;
  const row = PAPER_SHARPNESS_FULL.find((each) =>
    each.network === network && each.epsilon === epsilon
  );
  const paper = row ? compared(row.LB.mean, row.SB.mean) : "–";
  if (!SB || !LB) {
    return { ...SHARPNESS, network, statement, paper, ours: "no pair yet", verdict: "missing" };
  }
  const order = compared(LB.mean, SB.mean);
  return {
    ...SHARPNESS,
    network,
    statement,
    paper,
    short: {
      subject: "large-batch minima are",
      predicate: `${order} at ε = ${epsilon.toExponential()}`,
    },
    ours: `${order}: φ ${showNumber(LB.mean)} % against ${showNumber(SB.mean)} %, ` +
      `n = ${trialCounts(SB, LB)}; sharper in ${sharperPairs} of ${pairs} trials` +
      (logRatio ? `, LB/SB trial by trial ${showRatio(logRatio)}` : "") +
      (logRatio && logRatio.n < pairs ? ` in the ${logRatio.n} where both are above 0` : ""),
    verdict: verdictOf(LB.mean - SB.mean, logRatio),
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
    : `${order} by a factor of ${factor.toPrecision(3)}`;
}

function accuracyClaim(network: string, records: readonly TrainRecord[]): Claim {
  const statement = "Small-batch minima generalise better";
  const [small, large] = [soundOf(records, "SB"), soundOf(records, "LB")];
  const [SB, LB] = [small, large].map((own) =>
    summarise(own, ({ testAccuracyPercent }) => testAccuracyPercent)
  );
  const row = PAPER_ACCURACY[network];
  const paper = row ? `by ${(row.testSB.mean - row.testLB.mean).toFixed(2)} points` : "–";
  if (!SB || !LB) {
    return { ...ACCURACY, network, statement, paper, ours: "no pair yet", verdict: "missing" };
  }
  const gap = meanInterval(
    overPairs(small, large, (a, b) => a.testAccuracyPercent - b.testAccuracyPercent),
  );
  const interval = gap
    ? `; 95 % interval of the difference ${gap.low.toFixed(2)} to ${gap.high.toFixed(2)}`
    : "";
  const points = Math.abs(SB.mean - LB.mean).toFixed(2);
  const order = SB.mean >= LB.mean ? "better" : "worse";
  return {
    ...ACCURACY,
    network,
    statement,
    paper,
    short: {
      subject: "small batches do",
      predicate: `${points} points ${order} on the test set`,
    },
    ours: `${points} points ${order} on the test set (${showSummary(SB)} % ` +
      `against ${showSummary(LB)} %${interval})`,
    verdict: verdictOf(SB.mean - LB.mean, gap),
  };
}

import { isToy } from "./claims.ts";
import { groupBy, soundOf } from "./groups.ts";
import {
  coversZero,
  gapDeviation,
  type MeanInterval,
  meanInterval,
  meanOf,
  overPairs,
  settledSign,
} from "./interval.ts";
import { PAPER_SHARPNESS_FULL } from "./paper.ts";
import type { SharpnessRecord, TrainRecord } from "./results.ts";
import { compareSharpness } from "./sharpness_comparison.ts";
import { keyOfWay } from "./sharpness_way.ts";
import { showNumber, showPoints, showSummary, summarise } from "./summary.ts";
import { verdictOf, VERDICTS } from "./verdict.ts";

/** ε at which the finding is put in words. */
const EPSILON = 1e-3;

/**
 * The finding in words, for each network: whether LB's minima are the sharper ones, and whether
 * their test accuracy is distinguishable. A failed reproduction is said to be one.
 */
export function headline(
  train: readonly TrainRecord[],
  sharpness: readonly SharpnessRecord[],
): string[] {
  const full = sharpness.filter(({ space }) => space === "full");
  return [...groupBy(train, ({ network }) => network)].map(([network, own]) =>
    isToy(own)
      ? `${network}: ${VERDICTS.toy[1]}.`
      : `${network}: ${sharpnessSentences(network, bestProtocol(full, network))} ` +
        accuracySentence(own)
  );
}

/** Records measured in one way: converged, else by the paper's budget, else by the first. */
function bestProtocol(records: readonly SharpnessRecord[], network: string) {
  const own = records.filter((record) => record.network === network);
  const ways = [...groupBy(own, keyOfWay).values()];
  const by = (name: string) => ways.find(([record]) => record!.protocol === name);
  return by("converged") ?? by("paper") ?? ways[0] ?? [];
}

function sharpnessSentences(network: string, records: readonly SharpnessRecord[]): string {
  const where = `at ε = ${EPSILON.toExponential()} in full space`;
  const comparisons = compareSharpness(records);
  const main = comparisons.find(({ epsilon }) => epsilon === EPSILON);
  if (!main?.paired) return `no pair of sharpness values ${where} yet.`;
  const { paired: { SB, LB }, sharperPairs, pairs, settled } = main;
  const values = `(${showSummary(LB)} % against ${showSummary(SB)} %, ` +
    `n = ${pairs}; larger in ${sharperPairs} of ${pairs} trials)`;
  const order = Math.sign(LB.mean - SB.mean);
  const reversed = comparisons
    .filter(({ paired }) => paired && Math.sign(paired.LB.mean - paired.SB.mean) === -order)
    .map(({ epsilon }) => epsilon.toExponential());
  const verdict = verdictOf(LB.mean - SB.mean, settled);
  const isOpen = verdict !== "agrees" && verdict !== "differs";
  const caveats = [
    main.logRatio && ` ${ratioSentence(main.logRatio, pairs)}`,
    order !== 0 && reversed.length > 0 &&
    ` At ε = ${reversed.join(", ")} the order of the means is the reverse.`,
    isOpen && ` ${pairs === 1 ? "One pair does" : `${pairs} pairs do`} not settle it.`,
  ].filter(Boolean).join("");
  if (order <= 0) {
    const start = verdict === "differs" ? "NOT reproduced: " : "";
    return `${start}${where} large-batch minima are no sharper than small-batch ones ` +
      `${values}.${caveats}`;
  }
  const factor = SB.mean > 0
    ? `${showNumber(LB.mean / SB.mean)} times as sharp as`
    : "sharper than";
  return `${where} large-batch minima are ${factor} small-batch ones ${values}, ` +
    `${paperClause(network)}.${caveats}`;
}

/** The ratio of LB to SB, trial by trial: its geometric mean. */
function ratioSentence(logRatio: MeanInterval, pairs: number): string {
  const [mean, low, high] = [logRatio.mean, logRatio.low, logRatio.high].map((value) =>
    showNumber(Math.exp(value))
  );
  const which = logRatio.n < pairs ? `, in the ${logRatio.n} where both are above 0,` : "";
  return `Trial by trial${which} LB/SB has the geometric mean ${mean}, 95 % interval ${low} to ${high}` +
    (coversZero(logRatio) ? ", which includes 1." : ".");
}

function paperClause(network: string): string {
  const paper = PAPER_SHARPNESS_FULL.find((row) =>
    row.network === network && row.epsilon === EPSILON
  );
  if (!paper) return "the direction that the paper found";
  return `the paper's direction, where the factor is ${(paper.LB.mean / paper.SB.mean).toFixed(0)}`;
}

function accuracySentence(records: readonly TrainRecord[]): string {
  const pairs = overPairs(
    soundOf(records, "SB"),
    soundOf(records, "LB"),
    (small, large) => [small.testAccuracyPercent, large.testAccuracyPercent] as const,
  );
  const gaps = pairs.map(([small, large]) => small - large);
  const mean = meanOf(gaps);
  if (mean === undefined) return "No pair of test accuracies yet.";
  const [SB, LB] = [summarise(pairs, ([small]) => small), summarise(pairs, (pair) => pair[1])];
  const values = `SB ${showSummary(SB)} %, LB ${showSummary(LB)} %`;
  const least = gapDeviation(records);
  const interval = meanInterval(gaps, least);
  if (!interval) {
    return `Their test accuracies differ by ${
      showPoints(mean)
    } points (${values}); one pair has no spread.`;
  }
  const size = `${showPoints(mean)} points (${values}; trial by trial, 95 % interval ` +
    `${showPoints(interval.low)} to ${showPoints(interval.high)})`;
  switch (settledSign(gaps, least)) {
    case 0:
      return `The generalisation gap of ${size} cannot be told from none.`;
    case 1:
      return `Small batches generalise better by ${size}.`;
    case -1:
      return `Unlike in the paper, large batches generalise better: gap ${size}.`;
  }
}

import { isToy } from "./claims.ts";
import { groupBy, soundOf, trialCounts } from "./groups.ts";
import { coversZero, type MeanInterval, meanInterval, overPairs } from "./interval.ts";
import { PAPER_SHARPNESS_FULL } from "./paper.ts";
import type { SharpnessRecord, TrainRecord } from "./results.ts";
import { compareSharpness, type SharpnessComparison } from "./sharpness_comparison.ts";
import { keyOfWay } from "./sharpness_way.ts";
import { showNumber, showSummary, summarise } from "./summary.ts";
import { VERDICTS } from "./verdict.ts";

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
  if (!main?.SB || !main.LB) return `no pair of sharpness values ${where} yet.`;
  const { SB, LB, sharperPairs, pairs } = main;
  const values = `(${showSummary(LB)} % against ${showSummary(SB)} %, ` +
    `n = ${trialCounts(SB, LB)}; larger in ${sharperPairs} of ${pairs} trials)`;
  const reversed = comparisons
    .filter((other) => other.SB && other.LB && isSharper(other) !== isSharper(main))
    .map(({ epsilon }) => epsilon.toExponential());
  const caveats = [
    main.logRatio && ` ${ratioSentence(main.logRatio, pairs)}`,
    reversed.length > 0 && ` At ε = ${reversed.join(", ")} the order is the reverse.`,
  ].filter(Boolean).join("");
  if (!isSharper(main)) {
    return `NOT reproduced: ${where} large-batch minima are no sharper than small-batch ones ` +
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

function isSharper({ SB, LB }: SharpnessComparison): boolean {
  return SB !== undefined && LB !== undefined && LB.mean > SB.mean;
}

function paperClause(network: string): string {
  const paper = PAPER_SHARPNESS_FULL.find((row) =>
    row.network === network && row.epsilon === EPSILON
  );
  if (!paper) return "the direction that the paper found";
  return `the paper's direction, where the factor is ${(paper.LB.mean / paper.SB.mean).toFixed(0)}`;
}

function accuracySentence(records: readonly TrainRecord[]): string {
  const [small, large] = [soundOf(records, "SB"), soundOf(records, "LB")];
  const [SB, LB] = [small, large].map((own) =>
    summarise(own, ({ testAccuracyPercent }) => testAccuracyPercent)
  );
  if (!SB || !LB) return "No pair of test accuracies yet.";
  const gap = meanInterval(
    overPairs(small, large, (a, b) => a.testAccuracyPercent - b.testAccuracyPercent),
  );
  const values = `SB ${showSummary(SB)} %, LB ${showSummary(LB)} %`;
  if (!gap) {
    const size = (SB.mean - LB.mean).toFixed(2);
    return `Their test accuracies differ by ${size} points (${values}); one pair has no spread.`;
  }
  const size = `${gap.mean.toFixed(2)} points (${values}; trial by trial, 95 % interval ` +
    `${gap.low.toFixed(2)} to ${gap.high.toFixed(2)})`;
  if (coversZero(gap)) return `The generalisation gap of ${size} cannot be told from none.`;
  return gap.mean > 0
    ? `Small batches generalise better by ${size}.`
    : `Unlike in the paper, large batches generalise better: gap ${size}.`;
}

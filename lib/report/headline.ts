import { groupBy, soundOf, trialCounts } from "./groups.ts";
import { PAPER_SHARPNESS_FULL } from "./paper.ts";
import type { SharpnessRecord, TrainRecord } from "./results.ts";
import { compareSharpness, type SharpnessComparison } from "./sharpness_comparison.ts";
import { keyOfWay } from "./sharpness_way.ts";
import { isWithinSpread, showNumber, showSummary, spreadOf, summarise } from "./summary.ts";

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
    `${network}: ${sharpnessSentences(network, protocolOfPaper(full, network))} ` +
    accuracySentence(own)
  );
}

/** Records measured in one way: by the paper's protocol, or by the first if it was not used. */
function protocolOfPaper(records: readonly SharpnessRecord[], network: string) {
  const own = records.filter((record) => record.network === network);
  const ways = [...groupBy(own, keyOfWay).values()];
  return ways.find(([record]) => record!.protocol === "paper") ?? ways[0] ?? [];
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
    isWithinSpread(SB, LB) && " The difference of the means is within one standard deviation.",
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
  const [SB, LB] = (["SB", "LB"] as const).map((regime) =>
    summarise(soundOf(records, regime), ({ testAccuracyPercent }) => testAccuracyPercent)
  );
  if (!SB || !LB) return "No pair of test accuracies yet.";
  const gap = SB.mean - LB.mean;
  const size = `${gap.toFixed(2)} points (SB ${showSummary(SB)} %, LB ${showSummary(LB)} %)`;
  const sd = spreadOf(SB, LB);
  if (sd === undefined) return `Their test accuracies differ by ${size}; one trial has no spread.`;
  if (Math.abs(gap) <= sd) {
    return `The generalisation gap of ${size} is within one standard deviation, ${
      sd.toFixed(2)
    }: ` +
      "not distinguishable.";
  }
  const beyond = `more than one standard deviation, ${sd.toFixed(2)}`;
  return gap > 0
    ? `Small batches generalise better by ${size}, ${beyond}.`
    : `Unlike in the paper, large batches generalise better: gap ${size}, ${beyond}.`;
}

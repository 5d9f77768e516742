import { groupBy, soundOf, trialCounts } from "./groups.ts";
import type { SharpnessRecord, TrainRecord } from "./results.ts";
import { keyOfWay } from "./sharpness_way.ts";
import { showNumber, showSummary, summarise } from "./summary.ts";

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
  const full = sharpness.filter(({ space, epsilon }) => space === "full" && epsilon === EPSILON);
  return [...groupBy(train, ({ network }) => network)].map(([network, own]) =>
    `${network}: ${sharpnessSentence(protocolOfPaper(full, network))} ${accuracySentence(own)}`
  );
}

/** Records measured in one way: by the paper's protocol, or by the first if it was not used. */
function protocolOfPaper(records: readonly SharpnessRecord[], network: string) {
  const ways = [
    ...groupBy(records.filter((record) => record.network === network), keyOfWay).values(),
  ];
  return ways.find(([record]) => record!.protocol === "paper") ?? ways[0] ?? [];
}

function sharpnessSentence(records: readonly SharpnessRecord[]): string {
  const [small, large] = [soundOf(records, "SB"), soundOf(records, "LB")];
  const [SB, LB] = [small, large].map((own) => summarise(own, ({ percent }) => percent));
  if (!SB || !LB) return `no pair of sharpness values at ε = ${EPSILON} in full space yet.`;
  const pairs = small.flatMap(({ trial, percent }) => {
    const partner = large.find((record) => record.trial === trial);
    return partner ? [partner.percent > percent] : [];
  });
  const values = `(${showSummary(LB)} % against ${showSummary(SB)} %, ` +
    `larger in ${pairs.filter(Boolean).length} of ${pairs.length} trials; ` +
    `n = ${trialCounts(SB, LB)}, ε = ${EPSILON}, full space)`;
  if (!(LB.mean > SB.mean)) {
    return `NOT reproduced: large-batch minima are no sharper than small-batch ones ${values}.`;
  }
  const factor = SB.mean > 0
    ? `${showNumber(LB.mean / SB.mean)} times as sharp as`
    : "sharper than";
  return `large-batch minima are ${factor} small-batch ones ${values}, as the paper found.`;
}

function accuracySentence(records: readonly TrainRecord[]): string {
  const [SB, LB] = (["SB", "LB"] as const).map((regime) =>
    summarise(soundOf(records, regime), ({ testAccuracyPercent }) => testAccuracyPercent)
  );
  if (!SB || !LB) return "No pair of test accuracies yet.";
  const gap = SB.mean - LB.mean;
  const sd = Math.hypot(SB.sd ?? NaN, LB.sd ?? NaN);
  const size = `${gap.toFixed(2)} points (SB ${showSummary(SB)} %, LB ${showSummary(LB)} %)`;
  if (Number.isNaN(sd)) return `Their test accuracies differ by ${size}; one trial has no spread.`;
  if (Math.abs(gap) <= sd) {
    return `The generalisation gap of ${size} is within one standard deviation, ${
      sd.toFixed(2)
    }: ` +
      "not distinguishable.";
  }
  return gap > 0
    ? `Small batches generalise better by ${size}.`
    : `Unlike in the paper, large batches generalise better: gap ${size}.`;
}

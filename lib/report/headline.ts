import type { SharpnessRecord, TrainRecord } from "./results.ts";
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
  return [...new Set(train.map(({ network }) => network))].map((network) => {
    const of = <T extends TrainRecord | SharpnessRecord>(records: readonly T[], regime: string) =>
      records.filter((r) => r.network === network && r.regime === regime && !r.diverged);
    const phi = (regime: string) =>
      summarise(
        of(sharpness, regime).filter((r) => r.space === "full" && r.epsilon === EPSILON),
        ({ percent }) => percent,
      );
    const accuracy = (regime: string) =>
      summarise(of(train, regime), ({ testAccuracyPercent }) => testAccuracyPercent);
    return `${network}: ${sharpnessSentence(phi("SB"), phi("LB"))} ` +
      accuracySentence(accuracy("SB"), accuracy("LB"));
  });
}

type Mean = ReturnType<typeof summarise>;

function sharpnessSentence(SB: Mean, LB: Mean): string {
  if (!SB || !LB) return `no pair of sharpness values at ε = ${EPSILON} in full space yet.`;
  const values = `(${showSummary(LB)} % against ${showSummary(SB)} %, n = ${SB.n}, ` +
    `ε = ${EPSILON}, full space)`;
  if (LB.mean > SB.mean) {
    return `large-batch minima are ${showNumber(LB.mean / SB.mean)} times as sharp as ` +
      `small-batch ones ${values}, as the paper found.`;
  }
  return `NOT reproduced: large-batch minima are no sharper than small-batch ones ${values}.`;
}

function accuracySentence(SB: Mean, LB: Mean): string {
  if (!SB || !LB) return "No pair of test accuracies yet.";
  const gap = SB.mean - LB.mean;
  const sd = Math.hypot(SB.sd ?? NaN, LB.sd ?? NaN);
  const size = `${gap.toFixed(2)} points (SB ${showSummary(SB)} %, LB ${showSummary(LB)} %)`;
  if (Number.isNaN(sd)) return `Their test accuracies differ by ${size}; one trial has no spread.`;
  if (Math.abs(gap) <= sd) {
    return `The generalisation gap of ${size} is within one standard deviation: not distinguishable.`;
  }
  return gap > 0
    ? `Small batches generalise better by ${size}.`
    : `Unlike in the paper, large batches generalise better: gap ${size}.`;
}

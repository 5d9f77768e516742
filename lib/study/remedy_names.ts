/** What a run did besides plain training, for records and tables. */
import type { TrainingOptions } from "../training/train.ts";

/** The options that count as remedies; see the paper's §5 and appendix E. */
export type Remedies = Pick<
  TrainingOptions,
  "criterion" | "augmentation" | "conservative" | "batchGrowth"
>;

/** Each remedy with its constants; none for plain training. */
export function remedyNames(
  { criterion, augmentation, conservative, batchGrowth }: Remedies,
): string[] {
  const names = criterion && criterion.name !== "plain" ? [criterion.name] : [];
  if (augmentation) {
    const { flip, rotationDegrees, shift } = augmentation;
    const moves = [flip && "flips", `rotations of ${rotationDegrees}°`, `shifts of ${shift}`];
    names.push(`augmentation by ${moves.filter(Boolean).join(", ")}`);
  }
  if (conservative) {
    const { lambda, iterations, memory } = conservative;
    names.push(`conservative, λ = ${lambda}, ${iterations} steps a batch, moments ${memory}`);
  }
  if (batchGrowth) {
    const { factor, everyEpochs, most } = batchGrowth;
    names.push(`batch × ${factor} every ${everyEpochs} epochs up to ${most}`);
  }
  return names;
}

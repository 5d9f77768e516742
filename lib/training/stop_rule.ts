/** When training ends. */
export type StopRule =
  /** After so many passes over the training set. */
  | { readonly kind: "epochs"; readonly epochs: number }
  /**
   * When the loss has ceased to improve: no epoch of the last `patience` brought the training loss
   * below `1 − minimumDecrease` times the best before them; or at `maxEpochs`.
   */
  | {
    readonly kind: "plateau";
    readonly patience: number;
    /** Relative, dimensionless. */
    readonly minimumDecrease: number;
    readonly maxEpochs: number;
  };

/** Why training ended. */
export type TrainingStop = "epochs" | "plateau" | "max-epochs" | "diverged";

/** Checks a rule. @throws {RangeError} If a number of epochs or the decrease is none. */
export function checkStopRule(rule: StopRule): void {
  const counts = rule.kind === "epochs"
    ? { epochs: rule.epochs }
    : { patience: rule.patience, maxEpochs: rule.maxEpochs };
  for (const [name, count] of Object.entries(counts)) {
    const least = name === "patience" ? 1 : 0;
    if (Number.isInteger(count) && count >= least) continue;
    throw new RangeError(
      `Cannot stop training by ${name} = ${count}; want a whole number from ${least}`,
    );
  }
  if (rule.kind === "plateau" && !Number.isFinite(rule.minimumDecrease)) {
    throw new RangeError(
      `Cannot stop training by minimumDecrease = ${rule.minimumDecrease}; want a finite number`,
    );
  }
}

/**
 * Decides after each epoch whether training ends.
 *
 * @param losses f at the start and after each epoch so far.
 * @returns Why it ends, or `undefined` to go on.
 */
export function stopAfter(rule: StopRule, losses: readonly number[]): TrainingStop | undefined {
  const epochs = losses.length - 1;
  if (!Number.isFinite(losses.at(-1))) return "diverged";
  if (rule.kind === "epochs") return epochs >= rule.epochs ? "epochs" : undefined;
  if (epochs >= rule.patience) {
    const before = Math.min(...losses.slice(0, losses.length - rule.patience));
    const lately = Math.min(...losses.slice(losses.length - rule.patience));
    if (lately >= before * (1 - rule.minimumDecrease)) return "plateau";
  }
  return epochs >= rule.maxEpochs ? "max-epochs" : undefined;
}

/** The most epochs a rule allows, for progress and its ETA. */
export function mostEpochs(rule: StopRule): number {
  return rule.kind === "epochs" ? rule.epochs : rule.maxEpochs;
}

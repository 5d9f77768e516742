/** What a run needed to come to a loss. */
export interface RunCost {
  /** I, optimiser steps. */
  readonly steps: number;
  /** B, examples per step. */
  readonly batchSize: number;
}

/**
 * The parallel efficiency f_s(P) of small batches below which large ones are faster.
 *
 * On P processors a step of B examples takes B/(P f(P)) units of time, with a parallel efficiency
 * f(P) from 0 to 1. The whole of SB takes I_s B_s/(P f_s), and LB I_l B_l/(P f_l). Large batches keep
 * all processors busy, so f_l ≈ 1, and LB is the faster one if I_l/I_s < (1/f_s) · (B_s/B_l), or
 *
 *     f_s(P) < (I_s/I_l) · (B_s/B_l).
 *
 * Above 1 LB is faster on any number of processors, for it needs fewer examples in all.
 *
 * Source: Keskar et al. 2017, appendix C. It leaves out communication, and that f_l falls too once
 * P is large enough.
 *
 * @example The paper's: with f_s = 0.2 and B_s/B_l = 0.1, LB may need half of SB's iterations
 * ```ts
 * import { breakEvenEfficiency } from "./performance_model.ts";
 * import assert from "node:assert/strict";
 *
 * const SB = { steps: 1000, batchSize: 256 };
 * const LB = { steps: 500, batchSize: 2560 };
 * assert.equal(breakEvenEfficiency(SB, LB), 0.2);
 * ```
 *
 * @throws {RangeError} If steps or batch sizes are not positive.
 */
export function breakEvenEfficiency(SB: RunCost, LB: RunCost): number {
  for (const { steps, batchSize } of [SB, LB]) {
    if (!(steps > 0 && batchSize > 0)) {
      throw new RangeError(
        `Cannot compare the cost of ${steps} steps of ${batchSize} examples; both must be positive`,
      );
    }
  }
  return (SB.steps / LB.steps) * (SB.batchSize / LB.batchSize);
}

/**
 * The most iterations that LB may need for one of SB, (1/f_s(P)) · (B_s/B_l): above it SB is faster.
 *
 * @param efficiency f_s(P), the parallel efficiency of SB, in (0, 1].
 * @param batchRatio B_s/B_l.
 * @throws {RangeError} If the efficiency is not in (0, 1] or the ratio not positive.
 */
export function largestIterationRatio(efficiency: number, batchRatio: number): number {
  if (!(efficiency > 0 && efficiency <= 1 && batchRatio > 0)) {
    throw new RangeError(
      `Cannot compare batches with f_s = ${efficiency} and B_s/B_l = ${batchRatio}; ` +
        "give an efficiency in (0, 1] and a positive ratio",
    );
  }
  return batchRatio / efficiency;
}

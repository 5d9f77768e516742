import type { AscentResult } from "./maximiser_run.ts";
import type { ClimbStart } from "./climb_start.ts";
import type { MaximiserStart } from "./protocol.ts";
import type { MeasuredSubspace } from "./result.ts";

/** From here on, the last four digits of A⁺x are lost or worse. */
const ILL_CONDITIONED = 1e12;

/**
 * The warnings that belong to a sharpness: it could not move, the loss was not finite somewhere, A is
 * ill-conditioned.
 *
 * @param starts The kind of start of each run.
 * @param ascents The runs.
 * @param slope Aᵀ∇f(x), shape [p].
 */
export function warningsOf(
  starts: readonly (MaximiserStart | ClimbStart)[],
  ascents: readonly Omit<AscentResult, "end">[],
  slope: Float64Array,
  lossAtMinimiser: number,
  subspace: MeasuredSubspace | undefined,
): string[] {
  const warnings: string[] = [];
  if (!ascents.some(({ largestLoss }) => largestLoss > lossAtMinimiser)) {
    warnings.push("the maximiser found no point with a larger loss: sharpness 0 is not a finding");
  }
  const bySlope = starts.find((start) => start === "vertex" || start === "linearised");
  if (bySlope && slope.every((entry) => !(Math.abs(entry) > 0))) {
    warnings.push(`the gradient at x is zero: the ${bySlope} start is x itself`);
  }
  const notFinite = ascents.reduce((sum, ascent) => sum + ascent.notFinite, 0);
  if (notFinite > 0) {
    warnings.push(`the loss was not finite at ${notFinite} points: the maximum may be unbounded`);
  }
  for (const [run, { halvings }] of ascents.entries()) {
    if (halvings > 0) {
      warnings.push(`the ${starts[run]} start was halved ${halvings} times to a finite loss`);
    }
  }
  if (subspace && !(subspace.gramCondition < ILL_CONDITIONED)) {
    warnings.push(
      `the columns of A are nearly dependent (condition of AᵀA ${
        subspace.gramCondition.toExponential(1)
      }): the box is inaccurate`,
    );
  }
  return warnings;
}

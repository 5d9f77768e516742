/** All losses that Basin knows. */
import { BINARY_CROSS_ENTROPY } from "./binary_cross_entropy.ts";
import { CROSS_ENTROPY } from "./cross_entropy.ts";
import type { Loss, ModelOutput, TargetFacts } from "./loss.ts";
import { MEAN_SQUARED_ERROR } from "./mean_squared_error.ts";

/** In the order in which they are tried where a loss is recognised. */
export const LOSSES: readonly Loss[] = [CROSS_ENTROPY, BINARY_CROSS_ENTROPY, MEAN_SQUARED_ERROR];

/** The names of all losses. */
export const LOSS_NAMES: readonly string[] = LOSSES.map(({ name }) => name);

/**
 * The loss of a name.
 *
 * @throws {RangeError} If there is none; all names are given.
 */
export function lossNamed(name: string): Loss {
  const loss = LOSSES.find((each) => each.name === name);
  if (loss) return loss;
  throw new RangeError(`Cannot find a loss named "${name}"; there are ${LOSS_NAMES.join(", ")}`);
}

/**
 * The loss by which a model is trained, as a rule: by what its output ends in, its shape, and what
 * the data hold.
 *
 * @example Two real numbers an example are no classes
 * ```ts
 * import { recognisedLoss } from "./losses.ts";
 * import assert from "node:assert/strict";
 *
 * const targets = { entries: 2, labels: 0, areWhole: false, areBinary: false };
 * assert.equal(recognisedLoss({ shape: [2] }, targets).name, "mean-squared-error");
 * assert.equal(recognisedLoss({ shape: [2] }).name, "cross-entropy");
 * assert.equal(recognisedLoss({ shape: [2], ending: "sigmoid" }).name, "binary-cross-entropy");
 * ```
 *
 * @param targets What the data hold; without it, the model decides.
 */
export function recognisedLoss(output: ModelOutput, targets?: TargetFacts): Loss {
  const fitting = LOSSES.find((loss) => loss.fits(output, targets));
  if (fitting) return fitting;
  // Classes of which the labels do not fit: that is then what there is to be said.
  return CROSS_ENTROPY.rows(output.shape) ? CROSS_ENTROPY : BINARY_CROSS_ENTROPY;
}

/** What a model's outputs are, where no op says it: they themselves may. */
import { BINARY_CROSS_ENTROPY } from "../losses/binary_cross_entropy.ts";
import { CROSS_ENTROPY } from "../losses/cross_entropy.ts";
import type { Loss } from "../losses/loss.ts";
import { areProbabilities } from "./exporter_output.ts";

/** What outputs are taken for. */
export interface OutputMeaning {
  readonly areProbabilities: boolean;
  /** What is to be said of it, since it may be otherwise. */
  readonly warning?: string;
}

/**
 * Tells probabilities from logits by their values.
 *
 * @param outputs Of some examples, in rows of `width`.
 * @param isOpenEnded Whether the model ends in a linear layer, whose values may be any number.
 */
export function outputMeaning(
  loss: Loss,
  outputs: Float64Array,
  width: number,
  isOpenEnded: boolean,
): OutputMeaning {
  const isBinary = loss === BINARY_CROSS_ENTROPY;
  if (!isBinary && loss !== CROSS_ENTROPY) return { areProbabilities: false };
  if (!isBinary && areProbabilities(outputs, width)) return { areProbabilities: true };
  // Logits of a model that was not trained may be all the same.
  const isInside = outputs.every((entry) => entry >= 0 && entry <= 1) &&
    outputs.some((entry) => entry !== outputs[0]);
  if (!isInside || !isBinary && isOpenEnded) return { areProbabilities: false };
  const isTaken = isBinary && !isOpenEnded;
  const op = isBinary ? "sigmoid" : "softmax";
  return {
    areProbabilities: isTaken,
    warning: `warning: the outputs of the first examples lie from 0 to 1 and count as ` +
      `${
        isTaken ? "probabilities, though no sigmoid makes them" : `logits, as no ${op} makes them`
      }` +
      `; if that is wrong f is, too: export the model up to its ${op}, or what goes into it`,
  };
}

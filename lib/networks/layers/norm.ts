import { batchNorm } from "../../graph/ops/batch_norm.ts";
import { ghostBatchNorm } from "../../graph/ops/ghost_batch_norm.ts";
import { layerNorm } from "../../graph/ops/layer_norm.ts";
import { normaliseBy } from "../../graph/ops/moments.ts";
import type { Layer, LayerScope } from "../layer.ts";

/** What a unit's input is standardised over. */
export type Normalisation =
  /** The examples of the batch. */
  | "batch"
  /** The units of the example. */
  | "layer"
  /** In training the examples of each part of the batch that has so many, in f the whole batch. */
  | { readonly ghost: number };

/**
 * Normalisation with a trained scale γ, which starts at 1, and offset β, which starts at 0.
 *
 * Batch normalisation uses the batch's own statistics at training and at evaluation (Keras 1's
 * mode 2, which the paper's code has), unless the pass gives it others.
 *
 * @param epsilon Added to the variance; Keras 1's default is 1e-3.
 * @throws {RangeError} If a ghost batch is not of a positive number of examples, epsilon is negative or
 *   not finite, or there is no such normalisation.
 */
export function norm(over: Normalisation = "batch", epsilon = 1e-3): Layer {
  if (typeof over === "string" && over !== "batch" && over !== "layer") {
    throw new RangeError(`Cannot normalise over ${over}; want batch, layer or { ghost: examples }`);
  }
  if (!(epsilon >= 0 && epsilon < Infinity)) {
    throw new RangeError(`Cannot normalise with epsilon = ${epsilon}; want a number from 0`);
  }
  const ghost = typeof over === "string" ? undefined : over.ghost;
  if (ghost !== undefined && !(Number.isInteger(ghost) && ghost > 0)) {
    throw new RangeError(`Cannot make ghost batches of ${ghost}; want a positive integer`);
  }
  return {
    kind: "norm",
    build(input, scope) {
      const channels = [input.shape.at(-1)!];
      const gamma = scope.parameter("gamma", channels, "ones");
      const beta = scope.parameter("beta", channels, "zeros");
      if (over === "layer") return layerNorm(input, gamma, beta, epsilon);
      scope.pass.onBatchNorm?.(scope.name, input);
      const moments = scope.pass.moments && momentsOf(scope);
      if (moments) return normaliseBy(input, moments, gamma, beta, epsilon);
      if (ghost !== undefined && scope.pass.training && input.shape[0]! > ghost) {
        return ghostBatchNorm(input, gamma, beta, ghost, epsilon);
      }
      return batchNorm(input, gamma, beta, epsilon);
    },
  };
}

function momentsOf({ name, pass }: LayerScope) {
  const moments = pass.moments!.get(name);
  if (moments) return moments;
  throw new TypeError(
    `Cannot normalise ${name}: the moments given have no entry of that name; give one`,
  );
}

import type { Moments } from "../graph/ops/moments.ts";
import type { Shape } from "../graph/shape.ts";
import type { Value } from "../graph/value.ts";
import type { Initialiser } from "./parameter.ts";

/** How a network is run; without options, as f is: no dropout, statistics of the whole batch. */
export interface Pass {
  /** In a step of training: units drop out, and ghost batches are normalised by themselves. */
  readonly training?: {
    /** Key of the dropout masks, int32 [2], another one at each step. */
    readonly maskKey: Value;
  };
  /** Moments for batch normalisation instead of the batch's own, by the layer's name. */
  readonly moments?: ReadonlyMap<string, Moments>;
  /** Called with what each batch normalisation is about to normalise, by the layer's name. */
  readonly onBatchNorm?: (layer: string, input: Value) => void;
}

/** A layer's view of the network that it is being built into. */
export interface LayerScope {
  /** For instance `norm1`: the first layer of kind `norm`. */
  readonly name: string;
  /** Counts the layers of this kind from 0. */
  readonly index: number;
  /** What of a pass through the network a layer may ask. */
  readonly pass: Pass;
  /** Declares a trainable tensor and returns it as a value of the graph. */
  parameter(name: string, shape: Shape, initialiser: Initialiser): Value;
}

/**
 * One step of a stack: a recipe for adding its nodes to a graph.
 *
 * A new layer is one file in `layers/`; nothing else needs to know of it.
 *
 * @example A layer that learns one factor for each channel
 * ```ts
 * import type { Layer } from "./layer.ts";
 * import { mul } from "../graph/ops/mul.ts";
 * import { dense } from "./layers/dense.ts";
 * import { stack } from "./network.ts";
 * import assert from "node:assert/strict";
 *
 * const gain = (): Layer => ({
 *   kind: "gain",
 *   build: (input, scope) => mul(input, scope.parameter("factor", [input.shape.at(-1)!], "ones")),
 * });
 * const network = stack("gained", [4], [gain(), dense(2)]);
 * assert.deepEqual(network.parameters.map(({ name }) => name), [
 *   "gain1/factor",
 *   "dense1/kernel",
 *   "dense1/bias",
 * ]);
 * ```
 */
export interface Layer {
  /** Names the layer and its parameters: the k-th layer of a kind is `${kind}${k}`. */
  readonly kind: string;
  /** Output for an input whose first axis is the batch. */
  build(input: Value, scope: LayerScope): Value;
}

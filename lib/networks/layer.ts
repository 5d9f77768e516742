import type { Shape } from "../graph/shape.ts";
import type { Value } from "../graph/value.ts";
import type { Initialiser } from "./parameter.ts";

/** Where a layer declares the parameters that it trains. */
export interface ParameterScope {
  /** Declares a trainable tensor and returns it as a value of the graph. */
  parameter(name: string, shape: Shape, initialiser: Initialiser): Value;
}

/**
 * One step of a stack: a recipe for adding its nodes to a graph.
 *
 * A new layer is one file in `layers/`; nothing else needs to know of it.
 */
export interface Layer {
  /** Names the layer's parameters: the k-th layer of a kind is `${kind}${k}`. */
  readonly kind: string;
  /** Output for an input whose first axis is the batch. */
  build(input: Value, scope: ParameterScope): Value;
}

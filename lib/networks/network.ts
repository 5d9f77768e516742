import { leafName, placeholder, variable } from "../graph/ops/leaf.ts";
import { type Shape, showShape, sizeOf } from "../graph/shape.ts";
import type { DType } from "../graph/type.ts";
import type { Value } from "../graph/value.ts";
import { CROSS_ENTROPY } from "../losses/cross_entropy.ts";
import type { Loss } from "../losses/loss.ts";
import type { Layer, LayerScope, Pass } from "./layer.ts";
import type { Parameter } from "./parameter.ts";

/** A network: its parameters in the order of the flat vector x, and its graph. */
export interface Network {
  /** For messages and tables: `C1`. */
  readonly name: string;
  /** Shape of one example, without the batch. */
  readonly inputShape: Shape;
  /** Type of an example's entries; absent for real numbers. Tokens are whole ones. */
  readonly inputType?: DType;
  /** Entries of a row of outputs: number of logits, or of values. */
  readonly classes: number;
  /** Labels that an example has, one a position of a sequence, say; absent for one. */
  readonly labelsPerExample?: number;
  /** What it is trained to make small; absent for cross-entropy. */
  readonly loss?: Loss;
  /** Shape of an example's output, which targets of values have too; absent for [classes]. */
  readonly outputShape?: Shape;
  /** All trainable tensors, in the order of the flat vector. */
  readonly parameters: readonly Parameter[];
  /** The layers in their order, those without parameters too. */
  readonly layers: readonly NamedLayer[];
  /** n, the length of x. */
  readonly dimension: number;
  /** The layers that normalise with moments of the batch, and their channels. */
  readonly batchNorms: readonly BatchNormLayer[];
  /** Tensors that the graph reads and that never change, once it has been built; absent for none. */
  fixed?(): readonly FixedTensor[];
  /**
   * Logits, or values, shape [batch · labelsPerExample, classes], for examples of shape
   * [batch, ...inputShape].
   *
   * @param parameters The values of {@link parameters}, in their order.
   * @param pass What differs between training and evaluation; default as f is evaluated.
   */
  logits(examples: Value, parameters: readonly Value[], pass?: Pass): Value;
  /** The parameters as variables of a session, named as they are, in their order. */
  variables(): Value[];
}

/** What a network is trained to make small. */
export function lossOf({ loss = CROSS_ENTROPY }: Pick<Network, "loss">): Loss {
  return loss;
}

/** A tensor of a network that training does not change, held by a session's variable. */
export interface FixedTensor {
  /** Of the variable. */
  readonly name: string;
  /** Extents, the outermost first. */
  readonly shape: Shape;
  /** Entries in row-major order. */
  readonly values: Float64Array;
}

/** A layer of a stack. */
export interface NamedLayer {
  /** For instance `dense1`: the first layer of its kind. */
  readonly name: string;
  /** What it does: `dense`, `conv`. */
  readonly kind: string;
}

/** A layer that normalises with moments of the batch. */
export interface BatchNormLayer {
  /** For instance `norm1`. */
  readonly name: string;
  /** Entries of the last axis. */
  readonly channels: number;
}

/**
 * A network from a list of layers, each applied to the output of the one before.
 *
 * @example A custom network
 * ```ts
 * import { stack } from "./network.ts";
 * import { activation } from "./layers/activation.ts";
 * import { dense } from "./layers/dense.ts";
 * import assert from "node:assert/strict";
 *
 * const network = stack("tiny", [4], [dense(3), activation("tanh"), dense(2)]);
 * assert.equal(network.dimension, 4 * 3 + 3 + 3 * 2 + 2);
 * assert.deepEqual(
 *   network.parameters.map(({ name, offset }) => `${name} at ${offset}`),
 *   ["dense1/kernel at 0", "dense1/bias at 12", "dense2/kernel at 15", "dense2/bias at 21"],
 * );
 * ```
 *
 * @throws {TypeError} If a layer does not fit its input, or the last one yields no logits.
 */
export function stack(name: string, inputShape: Shape, layers: readonly Layer[]): Network {
  const parameters: Parameter[] = [];
  const batchNorms: BatchNormLayer[] = [];
  const named = nameLayers(layers);
  const pass: Pass = {
    onBatchNorm: (layer, { shape }) => batchNorms.push({ name: layer, channels: shape.at(-1)! }),
  };
  const declared = build(named, placeholder("examples", [1, ...inputShape]), pass, (parameter) => {
    const last = parameters.at(-1);
    const offset = last ? last.offset + sizeOf(last.shape) : 0;
    parameters.push({ ...parameter, offset });
    return variable(parameter.name, parameter.shape);
  });
  if (declared.shape.length !== 2) {
    throw new TypeError(
      `Cannot use the stack "${name}" as a classifier: its output is ${showShape(declared.shape)}` +
        `; end it with dense(classes)`,
    );
  }
  const last = parameters.at(-1);
  return {
    name,
    inputShape,
    classes: declared.shape[1]!,
    parameters,
    layers: named.map(({ name, layer }) => ({ name, kind: layer.kind })),
    batchNorms,
    dimension: last ? last.offset + sizeOf(last.shape) : 0,
    logits(examples, values, pass = {}) {
      if (values.length !== parameters.length) {
        throw new TypeError(
          `Cannot build ${name} from ${values.length} parameters; it has ${parameters.length}`,
        );
      }
      let next = 0;
      return build(named, examples, pass, () => values[next++]!);
    },
    variables: () => parameters.map(({ name, shape }) => variable(name, shape)),
  };
}

interface NumberedLayer {
  readonly layer: Layer;
  readonly name: string;
  /** Counts the layers of this kind from 0. */
  readonly index: number;
}

/** Numbers the layers of a kind from 1. */
function nameLayers(layers: readonly Layer[]): NumberedLayer[] {
  const count = new Map<string, number>();
  return layers.map((layer) => {
    const index = count.get(layer.kind) ?? 0;
    count.set(layer.kind, index + 1);
    return { layer, name: `${layer.kind}${index + 1}`, index };
  });
}

/** Runs the layers one after the other. */
function build(
  layers: readonly NumberedLayer[],
  input: Value,
  pass: Pass,
  declare: (parameter: Omit<Parameter, "offset">) => Value,
): Value {
  return layers.reduce((value, { layer, name: layerName, index }) => {
    const scope: LayerScope = {
      name: layerName,
      index,
      pass,
      parameter: (name, shape, initialiser) =>
        declare({ name: `${layerName}/${name}`, shape, initialiser }),
    };
    return layer.build(value, scope);
  }, input);
}

/** Names of a network's parameters from the values that {@link Network.variables} made. */
export function namesOf(variables: readonly Value[]): string[] {
  return variables.map(leafName);
}

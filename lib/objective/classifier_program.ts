import { jvp } from "../graph/jvp.ts";
import { broadcastTo, zeros } from "../graph/ops/sum.ts";
import { constant } from "../graph/ops/constant.ts";
import { placeholder } from "../graph/ops/leaf.ts";
import { scale } from "../graph/ops/mul.ts";
import type { Program } from "../graph/program.ts";
import type { Shape } from "../graph/shape.ts";
import type { Value } from "../graph/value.ts";
import { vjp } from "../graph/vjp.ts";
import type { Pass } from "../networks/layer.ts";
import { lossOf, namesOf, type Network } from "../networks/network.ts";

/** So many examples with their targets, to be fed. */
export interface Batch {
  /** Placeholder, shape [size, ...inputShape]. */
  readonly examples: Value;
  /** Placeholder, labels int32 [rows], or values [rows, width]; an example has one row, or more. */
  readonly targets: Value;
  /** Placeholder, shape [rows]; absent where all examples count alike. */
  readonly weights?: Value;
}

/** The graph of a network's loss on a batch. */
export interface Chunk {
  /** The network's loss of each row of outputs: shape [size] where an example has one. */
  readonly losses: Value;
  /** Outputs, shape [rows, classes]. */
  readonly logits: Value;
  /** Of the losses, shape [rows]; absent where all count alike. */
  readonly weights?: Value;
}

/**
 * Placeholders for `size` examples, named by the size. A program has one batch of each size.
 *
 * @param isWeighted Whether the examples have weights.
 */
export function batchOf(network: Network, size: number, isWeighted = false): Batch {
  const { inputShape, inputType, classes, labelsPerExample = 1 } = network;
  const rows = size * labelsPerExample;
  return {
    examples: placeholder(`examples${size}`, [size, ...inputShape], inputType),
    targets: lossOf(network).targets === "labels"
      ? placeholder(`labels${size}`, [rows], "int32")
      : placeholder(`targets${size}`, [rows, classes]),
    ...(isWeighted && { weights: placeholder(`weights${size}`, [rows]) }),
  };
}

/**
 * Adds the loss of a batch to the graph.
 *
 * @param pass What differs between training and evaluation; default as f is evaluated.
 */
export function chunkOf(
  network: Network,
  variables: readonly Value[],
  { examples, targets, weights }: Batch,
  pass: Pass = {},
): Chunk {
  const logits = network.logits(examples, variables, pass);
  const losses = lossOf(network).losses(logits, targets);
  return { logits, losses, ...(weights && { weights }) };
}

/**
 * ∇ of `factor` times the sum of the chunk's losses, weighted where they have weights; one value for
 * each variable.
 */
export function gradientOf(
  { losses, weights }: Pick<Chunk, "losses" | "weights">,
  variables: readonly Value[],
  factor = 1,
): Value[] {
  const cotangent = weights ? scale(weights, factor) : broadcastTo(constant(factor), losses.shape);
  return vjp(losses, cotangent, variables).map((gradient, i) => {
    if (gradient) return gradient;
    throw new TypeError(
      `Cannot train ${namesOf(variables)[i]}: the loss does not depend on it; leave it out`,
    );
  });
}

/** Function `losses SIZE`: the loss and the outputs of each row. */
export function lossProgram({ losses, logits }: Chunk, size: number): Program {
  return { [`losses ${size}`]: { outputs: { losses, logits } } };
}

/** Function `gradient SIZE`: the loss of each row, and the gradient of their weighted sum. */
export function gradientProgram(chunk: Chunk, variables: readonly Value[], size: number): Program {
  const outputs = named(variables, gradientOf(chunk, variables));
  return { [`gradient ${size}`]: { outputs: { losses: chunk.losses, ...outputs } } };
}

/**
 * Function `hessian SIZE` for one tangent, `hessian SIZE by K` for several: the products of the
 * Hessian of the summed losses with the tangents, as the JVPs of the gradient. All JVPs share the
 * gradient's own computation. Product k of a parameter is named by {@link tangentName}.
 *
 * @param tangents For each v, its parts in the order of the variables.
 */
export function hessianProgram(
  chunk: Chunk,
  variables: readonly Value[],
  tangents: readonly (readonly Value[])[],
  size: number,
): Program {
  const gradient = gradientOf(chunk, variables);
  const names = namesOf(variables);
  const outputs = Object.fromEntries(
    tangents.flatMap((tangent, k) =>
      jvp(gradient, variables, tangent).map((product, i) => [
        tangentName(names[i]!, k),
        product ?? zeros(variables[i]!.shape),
      ])
    ),
  );
  return { [hessianName(size, tangents.length)]: { outputs } };
}

/** Name of the function that multiplies the Hessian of a chunk with so many tangents. */
export function hessianName(size: number, count: number): string {
  return count === 1 ? `hessian ${size}` : `hessian ${size} by ${count}`;
}

/**
 * Leaves for the k-th vector v in Hv, the same ones for all sizes of chunk.
 *
 * @param leaf Makes one: a placeholder, unless the session is to hold v.
 */
export function tangentsFor(
  variables: readonly Value[],
  k = 0,
  leaf: (name: string, shape: Shape) => Value = placeholder,
): Value[] {
  return namesOf(variables).map((name, i) => leaf(tangentName(name, k), variables[i]!.shape));
}

/** Name of a parameter's part of the k-th vector v in Hv, and of that of Hv. */
export function tangentName(parameter: string, k = 0): string {
  return `tangent${k}/${parameter}`;
}

function named(variables: readonly Value[], values: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(namesOf(variables).map((name, i) => [name, values[i]!]));
}

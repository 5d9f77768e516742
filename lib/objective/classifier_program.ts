import { expandComposites } from "../graph/expand.ts";
import { jvp } from "../graph/jvp.ts";
import { broadcastTo, zeros } from "../graph/ops/sum.ts";
import { constant } from "../graph/ops/constant.ts";
import { placeholder } from "../graph/ops/leaf.ts";
import { softmaxCrossEntropy } from "../graph/ops/softmax_cross_entropy.ts";
import type { Program } from "../graph/program.ts";
import type { Value } from "../graph/value.ts";
import { vjp } from "../graph/vjp.ts";
import type { Pass } from "../networks/layer.ts";
import { namesOf, type Network } from "../networks/network.ts";

/** So many examples with their labels, to be fed. */
export interface Batch {
  /** Placeholder, shape [size, ...inputShape]. */
  readonly examples: Value;
  /** Placeholder, int32 [size], or of so many labels an example. */
  readonly labels: Value;
}

/** The graph of a network's loss on a batch. */
export interface Chunk {
  /** Cross-entropy of each label in nats, shape [size] where an example has one. */
  readonly losses: Value;
  /** Shape [size, classes]. */
  readonly logits: Value;
}

/** Placeholders for `size` examples, named by the size. A program has one batch of each size. */
export function batchOf(
  { inputShape, inputType, labelsPerExample = 1 }: Network,
  size: number,
): Batch {
  return {
    examples: placeholder(`examples${size}`, [size, ...inputShape], inputType),
    labels: placeholder(`labels${size}`, [size * labelsPerExample], "int32"),
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
  { examples, labels }: Batch,
  pass: Pass = {},
): Chunk {
  const logits = network.logits(examples, variables, pass);
  return { logits, losses: softmaxCrossEntropy(logits, labels) };
}

/** ∇ of `weight` times the sum of the chunk's losses, one value for each variable. */
export function gradientOf(
  { losses }: Pick<Chunk, "losses">,
  variables: readonly Value[],
  weight = 1,
): Value[] {
  const cotangent = broadcastTo(constant(weight), losses.shape);
  return vjp(losses, cotangent, variables).map((gradient, i) => {
    if (gradient) return gradient;
    throw new TypeError(
      `Cannot train ${namesOf(variables)[i]}: the loss does not depend on it; leave it out`,
    );
  });
}

/** Function `losses SIZE`: each example's loss and logits. */
export function lossProgram({ losses, logits }: Chunk, size: number): Program {
  return { [`losses ${size}`]: { outputs: { losses, logits } } };
}

/** Function `gradient SIZE`: each example's loss, and the gradient of their sum. */
export function gradientProgram(chunk: Chunk, variables: readonly Value[], size: number): Program {
  const outputs = named(variables, gradientOf(chunk, variables));
  return { [`gradient ${size}`]: { outputs: { losses: chunk.losses, ...outputs } } };
}

/**
 * Function `hessian SIZE` for one tangent, `hessian SIZE by K` for several: the products of the
 * Hessian of the summed losses with the tangents, as the JVPs of the gradient. All JVPs share the
 * gradient's own computation. Product k of a parameter is named by {@link tangentName}.
 *
 * Batch normalisation is written out: its fused kernels have no forward derivative.
 *
 * @param tangents For each v, its parts in the order of the variables.
 */
export function hessianProgram(
  chunk: Chunk,
  variables: readonly Value[],
  tangents: readonly (readonly Value[])[],
  size: number,
): Program {
  const gradient = expandComposites(gradientOf(chunk, variables));
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

/** Placeholders for the k-th vector v in Hv, the same ones for all sizes of chunk. */
export function tangentsFor(variables: readonly Value[], k = 0): Value[] {
  return namesOf(variables).map((name, i) =>
    placeholder(tangentName(name, k), variables[i]!.shape)
  );
}

/** Name of a parameter's part of the k-th vector v in Hv, and of that of Hv. */
export function tangentName(parameter: string, k = 0): string {
  return `tangent${k}/${parameter}`;
}

function named(variables: readonly Value[], values: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(namesOf(variables).map((name, i) => [name, values[i]!]));
}

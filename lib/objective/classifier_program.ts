import { expandComposites } from "../graph/expand.ts";
import { jvp } from "../graph/jvp.ts";
import { broadcastTo, zeros } from "../graph/ops/broadcast_to.ts";
import { constant } from "../graph/ops/constant.ts";
import { placeholder } from "../graph/ops/leaf.ts";
import { softmaxCrossEntropy } from "../graph/ops/softmax_cross_entropy.ts";
import type { Program } from "../graph/program.ts";
import type { Value } from "../graph/value.ts";
import { vjp } from "../graph/vjp.ts";
import { namesOf, type Network } from "../networks/network.ts";

/** The graph of a network's loss on a chunk of so many examples. */
export interface Chunk {
  /** Placeholder, shape [size, ...inputShape]. */
  readonly examples: Value;
  /** Placeholder, int32 [size]. */
  readonly labels: Value;
  /** Cross-entropy of each example in nats, shape [size]. */
  readonly losses: Value;
  /** Shape [size, classes]. */
  readonly logits: Value;
}

/** Adds the loss of `size` examples to the graph; placeholders are named by the size. */
export function chunkOf(network: Network, variables: readonly Value[], size: number): Chunk {
  const examples = placeholder(`examples${size}`, [size, ...network.inputShape]);
  const labels = placeholder(`labels${size}`, [size], "int32");
  const logits = network.logits(examples, variables);
  return { examples, labels, logits, losses: softmaxCrossEntropy(logits, labels) };
}

/** ∇ of `weight` times the sum of the chunk's losses, one value for each variable. */
export function gradientOf(
  { losses }: Chunk,
  variables: readonly Value[],
  weight = 1,
): Value[] {
  const cotangent = broadcastTo(constant(weight), losses.shape);
  return vjp(losses, cotangent, variables).map((gradient, i) => {
    if (gradient) return gradient;
    throw new TypeError(`Cannot train ${namesOf(variables)[i]}: the loss does not depend on it`);
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
 * Function `hessian SIZE`: the product of the Hessian of the summed losses with the tangents, as
 * the JVP of the gradient.
 *
 * Batch normalisation is written out: its fused kernels have no forward derivative.
 */
export function hessianProgram(
  chunk: Chunk,
  variables: readonly Value[],
  tangents: readonly Value[],
  size: number,
): Program {
  const gradient = expandComposites(gradientOf(chunk, variables), KEPT_WHOLE);
  const products = jvp(gradient, variables, tangents).map((product, i) =>
    product ?? zeros(variables[i]!.shape)
  );
  return { [`hessian ${size}`]: { outputs: named(variables, products) } };
}

/** Placeholders for the vector v in Hv, the same ones for all sizes of chunk. */
export function tangentsFor(variables: readonly Value[]): Value[] {
  return namesOf(variables).map((name, i) => placeholder(tangentName(name), variables[i]!.shape));
}

/** Name of the placeholder for a parameter's part of the vector v in Hv. */
export function tangentName(parameter: string): string {
  return `tangent/${parameter}`;
}

/** The fused cross-entropy kernel also yields the softmax that the Hessian needs. */
const KEPT_WHOLE: ReadonlySet<string> = new Set(["softmaxMinusOneHot"]);

function named(variables: readonly Value[], values: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(namesOf(variables).map((name, i) => [name, values[i]!]));
}

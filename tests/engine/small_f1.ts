import { jvp } from "../../lib/graph/jvp.ts";
import { expandComposites } from "../../lib/graph/expand.ts";
import { add } from "../../lib/graph/ops/add.ts";
import { batchNorm } from "../../lib/graph/ops/batch_norm.ts";
import { sumAll, zeros } from "../../lib/graph/ops/sum.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { leafName, placeholder, variable } from "../../lib/graph/ops/leaf.ts";
import { matMul } from "../../lib/graph/ops/mat_mul.ts";
import { scale } from "../../lib/graph/ops/mul.ts";
import { relu } from "../../lib/graph/ops/relu.ts";
import { softmaxCrossEntropy } from "../../lib/graph/ops/softmax_cross_entropy.ts";
import { tanh } from "../../lib/graph/ops/tanh.ts";
import { type Shape, sizeOf } from "../../lib/graph/shape.ts";
import type { Value } from "../../lib/graph/value.ts";
import { vjp } from "../../lib/graph/vjp.ts";
import { stream } from "../../lib/random/stream.ts";

/** F1 on a small scale: dense, batch norm, activation; …; dense, softmax cross-entropy. */
export interface SmallF1 {
  readonly x: Value;
  readonly labels: Value;
  /** Weights in the order kernel, bias, gamma, beta of each layer. */
  readonly variables: readonly Value[];
  /** One placeholder for the part of v that belongs to each variable. */
  readonly tangents: readonly Value[];
  /** f, the mean loss. */
  readonly loss: Value;
  /** ∇f. */
  readonly gradient: readonly Value[];
  /** Hv, by the JVP of the gradient written in plain ops. */
  readonly product: readonly Value[];
}

/** @param widths Features, widths of the hidden layers, classes. */
export function smallF1(
  widths: readonly number[],
  examples: number,
  activation: "relu" | "tanh",
): SmallF1 {
  const x = placeholder("x", [examples, widths[0]!]);
  const labels = placeholder("labels", [examples], "int32");
  const variables: Value[] = [];
  const declare = (name: string, shape: Shape): Value => {
    variables.push(variable(name, shape));
    return variables.at(-1)!;
  };
  const last = widths.length - 2;
  let h = x;
  for (let layer = 0; layer <= last; layer++) {
    const [fanIn, fanOut] = [widths[layer]!, widths[layer + 1]!];
    h = add(
      matMul(h, declare(`kernel${layer}`, [fanIn, fanOut])),
      declare(`bias${layer}`, [fanOut]),
    );
    if (layer === last) break;
    h = batchNorm(h, declare(`gamma${layer}`, [fanOut]), declare(`beta${layer}`, [fanOut]), 1e-3);
    h = activation === "relu" ? relu(h) : tanh(h);
  }
  const loss = scale(sumAll(softmaxCrossEntropy(h, labels)), 1 / examples);
  const gradient = vjp(loss, constant(1), variables).map((value) => value!);
  const tangents = variables.map((weight) => placeholder(`v/${leafName(weight)}`, weight.shape));
  const product = jvp(expandComposites(gradient), variables, tangents)
    .map((value, i) => value ?? zeros(variables[i]!.shape));
  return { x, labels, variables, tangents, loss, gradient, product };
}

/** The network's functions: `loss`, `gradient` and `product`, with outputs named like variables. */
export function programOf({ variables, loss, gradient, product }: SmallF1) {
  const named = (values: readonly Value[]) =>
    Object.fromEntries(variables.map((weight, i) => [leafName(weight), values[i]!]));
  return {
    gradient: { outputs: { loss, ...named(gradient) } },
    product: { outputs: named(product) },
  };
}

/** Seeded normal entries for leaves, scaled by `size`, exact in float32; γ is shifted to about 1. */
export function drawn(leaves: readonly Value[], size: number): Record<string, Float64Array> {
  return Object.fromEntries(leaves.map((leaf) => {
    const name = leafName(leaf);
    const entries = new Float64Array(sizeOf(leaf.shape));
    stream(3, name).fillNormal(entries, 0);
    const centre = name.startsWith("gamma") ? 1 : 0;
    return [name, entries.map((entry) => Math.fround(centre + size * entry))];
  }));
}

/** Labels 0, 1, …, classes − 1, 0, … */
export function cycledLabels(examples: number, classes: number): Int32Array {
  return Int32Array.from({ length: examples }, (_, i) => i % classes);
}

/** The outputs that belong to the variables, one after the other. */
export function flat(
  outputs: Readonly<Record<string, ArrayLike<number>>>,
  { variables }: SmallF1,
): Float64Array {
  return Float64Array.from(variables.flatMap((weight) => Array.from(outputs[leafName(weight)]!)));
}

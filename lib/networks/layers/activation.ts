import { relu } from "../../graph/ops/relu.ts";
import { tanh } from "../../graph/ops/tanh.ts";
import type { Value } from "../../graph/value.ts";
import type { Layer } from "../layer.ts";

/** Names of the activations. */
export type ActivationName = "relu" | "tanh";

const ACTIVATIONS: Readonly<Record<ActivationName, (x: Value) => Value>> = { relu, tanh };

/**
 * ReLU, as in all networks of the paper, or tanh, where a smooth loss is wanted.
 *
 * @throws {RangeError} If there is no activation of that name.
 */
export function activation(name: ActivationName): Layer {
  if (!Object.hasOwn(ACTIVATIONS, name)) {
    const known = Object.keys(ACTIVATIONS).join(", ");
    throw new RangeError(`Cannot find an activation named "${name}"; there are ${known}`);
  }
  return { kind: name, build: (input) => ACTIVATIONS[name](input) };
}

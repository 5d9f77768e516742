import type { OnnxModel } from "./model.ts";
import type { OnnxNode } from "./node.ts";
import { floats, type HostTensor, vector } from "./tensor.ts";

/** Nodes that hand the entries of a tensor on as they are. */
const HAND_ON = new Set(["Identity", "Cast", "CastLike", "Reshape", "Squeeze", "Unsqueeze"]);

/** What makes the values of a model. */
export interface Makers {
  /** The node that makes a value; `undefined` for examples and tensors of the file. */
  maker(value: string): OnnxNode | undefined;
  /** The tensor that a value is, in the file or in a node; `undefined` if it is none. */
  tensor(value: string): HostTensor | undefined;
  /** The number that a value is, whatever the examples and the weights; `undefined` if it is none. */
  number(value: string): number | undefined;
}

/** Finds what makes the values of a model. */
export function makersOf(
  { nodes, tensors, parameters }: Pick<OnnxModel, "nodes" | "tensors" | "parameters">,
): Makers {
  const byOutput = new Map(
    nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)),
  );
  const tensor = (value: string): HostTensor | undefined => {
    const node = byOutput.get(value);
    if (node && HAND_ON.has(node.opType)) return tensor(node.inputs[0]!);
    return node ? heldBy(node) : tensors.get(value);
  };
  const number = (value: string) => {
    const host = parameters.has(value) ? undefined : tensor(value);
    return host?.data.length === 1 ? host.data[0] : undefined;
  };
  return { maker: (value) => byOutput.get(value), tensor, number };
}

/** What a node `Constant` holds. */
function heldBy(node: OnnxNode): HostTensor | undefined {
  if (node.opType !== "Constant") return undefined;
  if (node.has("value_float")) return floats([], Float64Array.of(node.float("value_float", 0)));
  const list = node.ints("value_ints");
  return node.has("value_ints") && list ? vector(list) : node.tensor("value");
}

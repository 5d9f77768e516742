import type { OnnxModel } from "./model.ts";
import type { OnnxNode } from "./node.ts";

/** Nodes that hand a number on as it is. */
const HAND_ON = new Set(["Identity", "Cast", "CastLike", "Reshape", "Squeeze", "Unsqueeze"]);

/** What makes the values of a model. */
export interface Makers {
  /** The node that makes a value; `undefined` for examples and tensors of the file. */
  maker(value: string): OnnxNode | undefined;
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
  const number = (value: string): number | undefined => {
    const node = byOutput.get(value);
    if (node && HAND_ON.has(node.opType)) return number(node.inputs[0]!);
    const host = node?.opType === "Constant" ? node.tensor("value") : tensors.get(value);
    if (host) return host.data.length === 1 && !parameters.has(value) ? host.data[0] : undefined;
    if (node?.opType !== "Constant") return undefined;
    return node.has("value_float") ? node.float("value_float", 0) : undefined;
  };
  return { maker: (value) => byOutput.get(value), number };
}

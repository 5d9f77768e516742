import { nodeOf, type OnnxNode } from "./node.ts";

/** How a value can be had that no node of the file makes: by its name, or by a node on others. */
export type Recipe = string | {
  /** What is to be done, whatever its own inputs and outputs are called. */
  readonly like: OnnxNode;
  readonly inputs: readonly Recipe[];
  /** Which of its outputs is meant. */
  readonly output: number;
};

/** An op without attributes. */
export function op(opType: string, ...inputs: readonly Recipe[]): Recipe {
  const message = { opType, name: "", domain: "", overload: "", input: [], output: [""] };
  const like = nodeOf({ ...message, attribute: [] }, () => new Uint8Array());
  return { like, inputs, output: 0 };
}

/**
 * The nodes of a recipe, every one after those that it reads, and the name of what they make.
 *
 * @param value Names start with it.
 */
export function nodesOf(
  recipe: Recipe,
  value: string,
): { readonly name: string; readonly nodes: readonly OnnxNode[] } {
  const nodes: OnnxNode[] = [];
  const nameOf = (part: Recipe): string => {
    if (typeof part === "string") return part;
    const inputs = part.inputs.map(nameOf);
    // No exporter's name has a space in this place.
    const own = `${value} seen through, ${nodes.length}`;
    const outputs = part.like.outputs.map((_, i) => `${own}.${i}`);
    nodes.push({ ...part.like, name: part.like.name || value, inputs, outputs });
    return outputs[part.output]!;
  };
  return { name: nameOf(recipe), nodes };
}

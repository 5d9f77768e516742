/** Tensors that stand in nodes, and nodes that only hand a tensor of the file on. */
import type { GraphMessage, NodeMessage } from "./messages.ts";
import { labelOf } from "./needed_nodes.ts";
import type { OnnxNode } from "./node.ts";
import { type HostTensor, isFloatType } from "./tensor.ts";

/** What Basin does not read of a node `Constant`. */
const UNREAD = new Map([
  ["sparse_value", "a sparse tensor"],
  ["value_string", "a text"],
  ["value_strings", "texts"],
]);

/**
 * Sees that nodes hold tensors and numbers alone.
 *
 * @throws {RangeError} If one does not.
 */
export function refuseOddConstants(name: string, nodes: readonly NodeMessage[]): void {
  for (const node of nodes) {
    if (node.opType !== "Constant") continue;
    const held = node.attribute.find((each) => UNREAD.has(each.name));
    if (!held) continue;
    throw new RangeError(
      `Cannot import ${name}: node ${labelOf(node)} holds ${UNREAD.get(held.name)}; export it ` +
        "as a tensor of numbers in full",
    );
  }
}

/** Whether a tensor may be a weight. */
export function holdsWeights({ isFloat, data }: HostTensor): boolean {
  return isFloat && data.length > 1;
}

/** The tensors of nodes that may be weights. */
export function heldByNodes(nodes: readonly OnnxNode[]): [string, HostTensor][] {
  return nodes.flatMap((node): [string, HostTensor][] => {
    const tensor = node.opType === "Constant" ? node.tensor("value") : undefined;
    return tensor && holdsWeights(tensor) ? [[node.outputs[0]!, tensor]] : [];
  });
}

const FLOAT = 1;

/**
 * Other names of tensors: exporters hand on one that several modules share by nodes `Identity`, and
 * those of another precision by nodes `Cast`, which change nothing where all is computed in one.
 *
 * @param nodes Every one after those that it reads.
 */
export function aliasesOf(
  { initializer }: Pick<GraphMessage, "initializer">,
  nodes: readonly NodeMessage[],
): Map<string, string> {
  const aliases = new Map<string, string>();
  const isReal = new Map(initializer.map(({ name, dataType }) => [name, isFloatType(dataType)]));
  for (const { opType, input: [from], output: [to], attribute } of nodes) {
    const value = attribute.find(({ name }) => name === "value")?.t;
    if (opType === "Constant" && value) isReal.set(to!, isFloatType(value.dataType));
    const tensor = aliases.get(from!) ?? from!;
    const type = attribute.find(({ name }) => name === "to")?.i ?? FLOAT;
    const isSame = opType === "Identity" ||
      opType === "Cast" && isReal.get(tensor) === true && isFloatType(type);
    if (isSame && isReal.has(tensor)) aliases.set(to!, tensor);
  }
  return aliases;
}

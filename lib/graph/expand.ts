import { apply } from "./op.ts";
import { attributesKey, topologicalOrder, type Value } from "./value.ts";

/**
 * Rewrites a graph with composite ops replaced by their expansions, down to plain ops.
 *
 * Equal nodes (same op, attributes and inputs) become one, so that expansions which recompute the
 * same moments share them.
 *
 * @param outputs The values to rewrite.
 * @param keep Names of composite ops to leave as they are.
 * @returns The same values on the rewritten graph. Leaves keep their identity.
 */
export function expandComposites(
  outputs: readonly Value[],
  keep: ReadonlySet<string> = new Set(),
): Value[] {
  const rewritten = new Map<Value, Value>();
  const distinct = new Map<string, Value>();
  const numbers = new Map<Value, number>();
  const numberOf = (value: Value) => {
    if (!numbers.has(value)) numbers.set(value, numbers.size);
    return numbers.get(value)!;
  };
  const rewrite = (node: Value): Value => {
    const known = rewritten.get(node);
    if (known) return known;
    const inputs = node.inputs.map((input) => rewritten.get(input)!);
    let result: Value;
    if (node.op.expand && !keep.has(node.op.name)) {
      const expansion = node.op.expand({ ...node, inputs });
      for (const input of inputs) rewritten.set(input, input);
      for (const inner of topologicalOrder([expansion])) rewrite(inner);
      result = rewritten.get(expansion)!;
    } else if (node.inputs.length === 0 && node.op.name !== "constant") {
      result = node;
    } else {
      const key = `${node.op.name} ${attributesKey(node.attributes)} ${inputs.map(numberOf)}`;
      result = distinct.get(key) ?? apply(node.op, inputs, node.attributes);
      distinct.set(key, result);
    }
    rewritten.set(node, result);
    rewritten.set(result, result);
    return result;
  };
  for (const node of topologicalOrder(outputs)) rewrite(node);
  return outputs.map((output) => rewritten.get(output)!);
}

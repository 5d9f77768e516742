import { type Shape, showShape } from "../../graph/shape.ts";
import type { Value } from "../../graph/value.ts";
import type { OnnxModel } from "./model.ts";
import { graphOperand, hostOperand, type Operand } from "./operand.ts";
import type { RuleContext } from "./rule.ts";
import { RULES } from "./rules.ts";

/**
 * Builds the graph of a model on some examples.
 *
 * @param weights The values of tensors that are not to be taken as known.
 * @param wanted The value that is asked for.
 * @param shapes Takes down the shape of every value, by its name.
 * @throws {RangeError} Naming the node that cannot be built.
 */
export function traceModel(
  model: OnnxModel,
  wanted: string,
  examples: Value,
  weights: ReadonlyMap<string, Value>,
  context: RuleContext,
  shapes?: Map<string, Shape>,
): Operand {
  const values = new Map<string, Operand>(
    [...model.tensors].map(([name, host]) => [name, hostOperand(host)]),
  );
  for (const [name, value] of weights) values.set(name, graphOperand(value));
  values.set(model.input.name, graphOperand(examples));
  for (const node of model.nodes) {
    if (values.has(wanted)) break;
    const inputs = node.inputs.map((name) => name === "" ? undefined : values.get(name));
    const { host, graph } = RULES[node.opType]!;
    try {
      const isKnown = inputs.every((input) => input === undefined || input.host !== undefined);
      const results = isKnown && host
        ? host(inputs.map((input) => input?.host), node, context).map(hostOperand)
        : build(graph, inputs, node, context);
      node.outputs.forEach((name, i) => {
        if (name !== "" && results[i]) values.set(name, results[i]);
      });
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      const shapes = inputs.map((input) => input ? showShape(input.shape) : "nothing").join(", ");
      throw new RangeError(
        `Cannot import ${model.name}: node ${node.name} (${node.opType} of ${shapes}): ${error.message}`,
        { cause: error },
      );
    }
  }
  for (const [name, { shape }] of shapes ? values : []) shapes!.set(name, shape);
  const result = values.get(wanted);
  if (result) return result;
  throw new RangeError(`Cannot import ${model.name}: nothing in it makes ${wanted}`);
}

function build(
  graph: NonNullable<(typeof RULES)[string]["graph"]> | undefined,
  inputs: readonly (Operand | undefined)[],
  node: Parameters<NonNullable<typeof graph>>[1],
  context: RuleContext,
): readonly Operand[] {
  if (graph) return graph(inputs, node, context);
  throw new RangeError("it works on the examples' values; Basin knows it for shapes alone");
}

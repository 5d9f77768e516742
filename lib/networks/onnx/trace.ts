import { type Shape, showShape } from "../../graph/shape.ts";
import type { Value } from "../../graph/value.ts";
import type { OnnxModel } from "./model.ts";
import type { OnnxNode } from "./node.ts";
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
  const unmade = new Map<string, OnnxNode>();
  for (const node of model.nodes) {
    if (values.has(wanted)) break;
    const inputs = node.inputs.map((name) => name === "" ? undefined : values.get(name));
    const { host, graph } = RULES[node.opType]!;
    try {
      checkMade(node, inputs, unmade);
      const isKnown = inputs.every((input) => input === undefined || input.host !== undefined);
      const results = isKnown && host
        ? host(inputs.map((input) => input?.host), node, context).map(hostOperand)
        : build(graph, inputs, node, context);
      node.outputs.forEach((name, i) => {
        if (name === "") return;
        if (results[i]) values.set(name, results[i]);
        else unmade.set(name, node);
      });
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      const { declaredBatch: fixed = 1 } = context;
      const advice = fixed > 1
        ? `; the file has the number of examples fixed at ${fixed}: export it with an open axis of ` +
          "them (dynamic_axes, dynamic_shapes)"
        : "";
      const reason = NOT_BASINS_OWN.test(error.message)
        ? "its inputs or attributes are none that the op may have; export the model again"
        : error.message;
      const shapes = inputs.map((input) => input ? showShape(input.shape) : "nothing").join(", ");
      throw new RangeError(
        `Cannot import ${model.name}: node ${node.name} (${node.opType} of ${shapes}): ${reason}${advice}`,
        { cause: error },
      );
    }
  }
  for (const [name, { shape }] of shapes ? values : []) shapes!.set(name, shape);
  const result = values.get(wanted);
  if (result) return result;
  const maker = unmade.get(wanted);
  const reason = maker ? notMade(wanted, maker) : `nothing in it makes ${wanted}`;
  throw new RangeError(`Cannot import ${model.name}: ${reason}`);
}

/** Of JavaScript itself, where a node lacks what its op wants. */
const NOT_BASINS_OWN =
  /^Cannot (read|set) propert|^Cannot destructure|^Invalid (typed )?array length|is not (iterable|a function)|call stack/;

/** @throws {RangeError} If a node reads what Basin does not make, which is not the same as nothing. */
function checkMade(
  { inputs: names }: OnnxNode,
  inputs: readonly (Operand | undefined)[],
  unmade: ReadonlyMap<string, OnnxNode>,
): void {
  const place = names.findIndex((name, i) => name !== "" && inputs[i] === undefined);
  const maker = unmade.get(names[place] ?? "");
  if (maker) throw new RangeError(notMade(names[place]!, maker));
}

function notMade(name: string, { opType, outputs, name: node }: OnnxNode): string {
  return `Basin does not make ${name}, output ${outputs.indexOf(name) + 1} of node ${node} ` +
    `(${opType}); write out what it is by other ops before the export, or name an output that does ` +
    "without it by --output";
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

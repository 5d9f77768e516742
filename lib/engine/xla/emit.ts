/** A function of a program as StableHLO text. */
import { expandComposites } from "../../graph/expand.ts";
import { add } from "../../graph/ops/add.ts";
import { constant } from "../../graph/ops/constant.ts";
import { div } from "../../graph/ops/div.ts";
import { isLeaf } from "../../graph/ops/leaf.ts";
import { mul, scale } from "../../graph/ops/mul.ts";
import { sqrt } from "../../graph/ops/sqrt.ts";
import { square } from "../../graph/ops/square.ts";
import { sub } from "../../graph/ops/sub.ts";
import type { GraphFunction, Update } from "../../graph/program.ts";
import { showShape, sizeOf } from "../../graph/shape.ts";
import type { StableHloTensor } from "../../graph/stablehlo_emitter.ts";
import type { Type } from "../../graph/type.ts";
import { topologicalOrder, type Value } from "../../graph/value.ts";
import { TextBuilder, typeText } from "./text_builder.ts";

/** A function's text, with the order of its arguments and results. */
export interface EmittedFunction {
  readonly text: string;
  /** Placeholders and variables, in the order of the arguments; of a table's rows two arguments. */
  readonly inputs: readonly Value[];
  /** Names of the outputs, in the order of the results, which they come first in. */
  readonly outputs: readonly { readonly name: string; readonly value: Value }[];
  /** Variables that change, in the order of the further results. */
  readonly written: readonly Value[];
}

/** Numbers that a program may be computed with. */
export interface EmitOptions {
  /** Products at the device's quick precision: 11 bits on NVIDIA's cards. Default: float32's 24. */
  readonly tf32?: boolean;
}

/** A table on the device, of which a placeholder is given rows. */
export interface TableShape {
  readonly rows: number;
  readonly width: number;
}

/**
 * Writes a function as a StableHLO module: arguments are its leaves, results its outputs and the new
 * values of the variables that it updates, whose old memory they take (donation).
 *
 * @param tables Placeholders that are given rows of a table: in their place the arguments are the
 *   table's entries in one vector and the indices, int32, and the function gathers.
 * @throws {TypeError} If an op has no rule for StableHLO, naming the op, its shape and the function.
 */
export function emitFunction(
  name: string,
  fn: GraphFunction,
  options: EmitOptions = {},
  tables: ReadonlyMap<Value, TableShape> = new Map(),
): EmittedFunction {
  const changes = (fn.updates ?? []).flatMap(changesOf);
  const outputs = Object.entries(fn.outputs).map(([name, value]) => ({ name, value }));
  const roots = [...outputs, ...changes].map(({ value }) => value);
  const keep = new Set(topologicalOrder(roots).filter(hasRule).map(({ op }) => op.name));
  const plain = expandComposites(roots, keep);
  // A variable that is written and not read is an argument too: its memory is given to the result.
  const order = topologicalOrder([...plain, ...changes.map(({ variable }) => variable)]);
  const inputs = order.filter(isLeaf);
  const builder = new TextBuilder(options);
  const taken = new Map(changes.map(({ variable }, i) => [variable, outputs.length + i]));
  const list: string[] = [];
  const argument = ({ shape, dtype }: Type, result?: number): StableHloTensor => {
    const tensor = { name: `%arg${list.length}`, shape, dtype };
    const alias = result === undefined ? "" : ` {tf.aliasing_output = ${result} : i32}`;
    list.push(`${tensor.name}: ${typeText(tensor)}${alias}`);
    return tensor;
  };
  const tensors = new Map(inputs.map((leaf) => {
    const table = tables.get(leaf);
    if (table === undefined) return [leaf, argument(leaf, taken.get(leaf))];
    const entries = argument({ shape: [table.rows * table.width], dtype: leaf.dtype });
    const whole = builder.reshape(entries, [table.rows, table.width]);
    const indices = argument({ shape: [sizeOf(leaf.shape) / table.width], dtype: "int32" });
    return [leaf, builder.reshape(builder.gatherRows(whole, indices), leaf.shape)];
  }));
  for (const node of order) {
    if (!isLeaf(node)) tensors.set(node, emitNode(builder, tensors, node, name));
  }
  const results = plain.map((value) => tensors.get(value)!);
  const types = results.map(typeText).join(", ");
  const text = [
    "module @basin {",
    `func.func public @main(${list.join(", ")}) -> (${types}) {`,
    ...builder.lines,
    `"func.return"(${results.map(({ name }) => name).join(", ")}) : (${types}) -> ()`,
    "}",
    "}",
    "",
  ].join("\n");
  return { text, inputs, outputs, written: changes.map(({ variable }) => variable) };
}

function hasRule({ op }: Value): boolean {
  return op.stablehlo !== undefined;
}

function emitNode(
  builder: TextBuilder,
  tensors: ReadonlyMap<Value, StableHloTensor>,
  node: Value,
  functionName: string,
): StableHloTensor {
  if (node.op.stablehlo === undefined) {
    throw new TypeError(
      `Cannot run "${functionName}" on the XLA engine: the op ${node.op.name} ` +
        `${showShape(node.shape)} has no StableHLO rule; use another engine`,
    );
  }
  return node.op.stablehlo(builder, node.inputs.map((input) => tensors.get(input)!), node);
}

/** New values of an update's variables, from the old ones of all. The equations are `Update`'s. */
function changesOf(update: Update): { variable: Value; value: Value }[] {
  if (update.kind === "assign") return [{ variable: update.variable, value: update.value }];
  const { variable, gradient, firstMoment, secondMoment, beta1, beta2 } = update;
  const m = add(scale(firstMoment, beta1), scale(gradient, 1 - beta1));
  const v = add(scale(secondMoment, beta2), scale(square(gradient), 1 - beta2));
  const left = (power: Value) => sub(constant(1), power);
  const rate = mul(
    update.learningRate,
    div(sqrt(left(update.beta2Power)), left(update.beta1Power)),
  );
  const step = div(mul(rate, m), add(sqrt(v), constant(update.epsilon)));
  return [
    { variable, value: sub(variable, step) },
    { variable: firstMoment, value: m },
    { variable: secondMoment, value: v },
  ];
}

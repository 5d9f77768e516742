import { expandComposites } from "../../graph/expand.ts";
import { leafName } from "../../graph/ops/leaf.ts";
import { leavesOf, type Program, rootsOf, type Update } from "../../graph/program.ts";
import { topologicalOrder, type Value } from "../../graph/value.ts";
import { GraphBuilder } from "./graph_builder.ts";
import type { NodeDef } from "./wire_format.ts";

/** A program as TensorFlow nodes, with the names to feed and fetch. */
export interface EmittedProgram {
  readonly nodes: readonly NodeDef[];
  /** Tensor to fetch for each output of each function; fetching it applies the updates too. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly variables: ReadonlyMap<string, VariableNames>;
}

/** Tensor names of a variable's initial value (fed), and of its current value (fetched). */
export interface VariableNames {
  readonly variable: Value;
  readonly initial: string;
  readonly current: string;
  /** Fetched to assign `initial` to the variable. */
  readonly assigned: string;
}

/** Writes a program as TensorFlow nodes. */
export function emitProgram(program: Program): EmittedProgram {
  const builder = new GraphBuilder();
  const names = new Map<Value, string>();
  const variables = new Map<string, VariableNames>();
  for (const [name, leaf] of leavesOf(program, "placeholder")) {
    const attributes = { dtype: { type: leaf.dtype }, shape: { shape: leaf.shape } };
    names.set(leaf, builder.node("Placeholder", [], attributes, name));
  }
  for (const [name, variable] of leavesOf(program, "variable")) {
    const emitted = emitVariable(builder, name, variable);
    variables.set(name, emitted);
    names.set(variable, emitted.current);
  }
  const outputs: Record<string, Record<string, string>> = {};
  for (const [name, fn] of Object.entries(program)) {
    for (const value of topologicalOrder(rootsOf(fn))) emitValue(builder, names, value);
    const updates = (fn.updates ?? []).map((update) => emitUpdate(builder, names, update));
    const after = updates.map((update) => `^${update}`);
    // The addon runs no target nodes, so each output waits for the updates by control inputs.
    outputs[name] = Object.fromEntries(
      Object.entries(fn.outputs).map(([output, value]) => [
        output,
        builder.node("Identity", [names.get(value)!, ...after], {
          T: { type: value.dtype },
        }),
      ]),
    );
  }
  return { nodes: builder.nodes, outputs, variables };
}

/** Emits one value; a composite without an emission of its own is emitted as its expansion. */
function emitValue(builder: GraphBuilder, names: Map<Value, string>, value: Value): string {
  const known = names.get(value);
  if (known !== undefined) return known;
  const inputs = value.inputs.map((input) => names.get(input)!);
  let name: string;
  if (value.op.tensorflow) {
    const key = `${value.op.name} ${JSON.stringify(value.attributes)} ${inputs}`;
    name = builder.once(key, () => value.op.tensorflow!(builder, inputs, value));
  } else {
    const [expansion] = expandComposites([value]);
    for (const inner of topologicalOrder([expansion!])) emitValue(builder, names, inner);
    name = names.get(expansion!)!;
  }
  names.set(value, name);
  return name;
}

function emitVariable(builder: GraphBuilder, name: string, variable: Value): VariableNames {
  const dtype = { type: "float32" } as const;
  const handle = builder.node("VarHandleOp", [], {
    dtype,
    shape: { shape: variable.shape },
    shared_name: { string: name },
    container: { string: "" },
  });
  const initial = builder.node("Placeholder", [], { dtype, shape: { shape: variable.shape } });
  // A variable would keep the fed tensor's own memory, which belongs to JavaScript; copy it.
  const copy = builder.node("DeepCopy", [initial]);
  const assign = builder.node("AssignVariableOp", [handle, copy], { dtype });
  const assigned = builder.node("Identity", [builder.float32(0), `^${assign}`]);
  const current = builder.node("ReadVariableOp", [handle], { dtype });
  return { variable, initial, assigned, current };
}

function emitUpdate(builder: GraphBuilder, names: Map<Value, string>, update: Update): string {
  const handleOf = (variable: Value) => handleName(builder, leafName(variable));
  const of = (value: Value) => names.get(value)!;
  if (update.kind === "assign") {
    const dtype = { type: "float32" } as const;
    return builder.node("AssignVariableOp", [handleOf(update.variable), of(update.value)], {
      dtype,
    });
  }
  return builder.node("ResourceApplyAdam", [
    handleOf(update.variable),
    handleOf(update.firstMoment),
    handleOf(update.secondMoment),
    of(update.beta1Power),
    of(update.beta2Power),
    of(update.learningRate),
    builder.float32(update.beta1),
    builder.float32(update.beta2),
    builder.float32(update.epsilon),
    of(update.gradient),
  ], { use_locking: { bool: false }, use_nesterov: { bool: false } });
}

/** A resource is found by its shared name, so a further handle names the same variable. */
function handleName(builder: GraphBuilder, name: string): string {
  return builder.nodes.find(({ op, attributes }) => {
    const shared = attributes.shared_name;
    return op === "VarHandleOp" && shared !== undefined && "string" in shared &&
      shared.string === name;
  })!.name;
}

import { leafName } from "../../graph/ops/leaf.ts";
import {
  checkProgram,
  type GraphFunction,
  leavesOf,
  type Program,
  rootsOf,
  type Update,
  writtenBy,
} from "../../graph/program.ts";
import { attributesKey, topologicalOrder, type Value } from "../../graph/value.ts";
import { placeholdersOf } from "../feeds.ts";
import { GraphBuilder, type Precision } from "./graph_builder.ts";
import type { NodeDef } from "./wire_format.ts";

/** A program as TensorFlow nodes, with the names to feed and fetch. */
export interface EmittedProgram {
  readonly nodes: readonly NodeDef[];
  readonly functions: ReadonlyMap<string, EmittedFunction>;
  readonly variables: ReadonlyMap<string, VariableNames>;
}

/** What to feed and fetch in order to run a function. */
export interface EmittedFunction {
  readonly placeholders: readonly { readonly leaf: Value; readonly tensor: string }[];
  /** Tensor to fetch for each output; fetching any of them applies the updates too. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Tensor to fetch if there are no outputs, for the sake of the updates. */
  readonly done: string;
}

/** Tensor names of a variable's initial value (fed), and of its current value (fetched). */
export interface VariableNames {
  readonly variable: Value;
  readonly initial: string;
  readonly current: string;
  /** Fetched to assign `initial` to the variable. */
  readonly assigned: string;
}

/**
 * Writes a program as TensorFlow nodes.
 *
 * @param precision In `double`, feeds, variables and outputs are float32 still; what is computed from
 *   them is float64.
 */
export function emitProgram(program: Program, precision: Precision = "single"): EmittedProgram {
  const builder = new GraphBuilder(precision);
  const names = new Map<Value, string>();
  const placeholders = new Map<Value, string>();
  const variables = new Map<string, VariableNames>();
  checkProgram(program);
  for (const leaf of leavesOf(program, "placeholder").values()) {
    const attributes = { dtype: { type: leaf.dtype }, shape: { shape: leaf.shape } };
    // Named by number: TensorFlow's names allow fewer characters, and must differ from all others.
    const fed = builder.node("Placeholder", [], attributes);
    placeholders.set(leaf, fed);
    names.set(leaf, leaf.dtype === "float32" ? builder.widened(fed) : fed);
  }
  for (const [name, variable] of leavesOf(program, "variable")) {
    const emitted = emitVariable(builder, name, variable);
    variables.set(name, emitted);
    names.set(variable, builder.widened(emitted.current));
  }
  const functions = new Map<string, EmittedFunction>();
  for (const [name, fn] of Object.entries(program)) {
    functions.set(name, emitFunction(builder, names, placeholders, fn));
  }
  return { nodes: builder.nodes, functions, variables };
}

function emitFunction(
  builder: GraphBuilder,
  names: Map<Value, string>,
  placeholders: ReadonlyMap<Value, string>,
  fn: GraphFunction,
): EmittedFunction {
  for (const value of topologicalOrder(rootsOf(fn))) emitValue(builder, names, value);
  const updates = emitUpdates(builder, names, fn.updates ?? []);
  // The addon runs no target nodes, so each output waits for the updates by control inputs.
  const after = updates.map((update) => `^${update}`);
  const fetched = (value: Value) => {
    const tensor = builder.node("Identity", [names.get(value)!, ...after], {
      T: { type: value.dtype },
    });
    return value.dtype === "float32" ? builder.narrowed(tensor) : tensor;
  };
  return {
    placeholders: placeholdersOf(fn).map((leaf) => ({
      leaf,
      tensor: placeholders.get(leaf)!,
    })),
    outputs: Object.fromEntries(
      Object.entries(fn.outputs).map(([output, value]) => [output, fetched(value)]),
    ),
    done: builder.narrowed(builder.node("Identity", [builder.float32(0), ...after])),
  };
}

/**
 * Emits one value; a composite without an emission of its own is emitted as its expansion, and so
 * are all in double precision, which TensorFlow's fused kernels do not have.
 */
function emitValue(builder: GraphBuilder, names: Map<Value, string>, value: Value): string {
  const known = names.get(value);
  if (known !== undefined) return known;
  const inputs = value.inputs.map((input) => names.get(input)!);
  let name: string;
  if (value.op.tensorflow && !(builder.precision === "double" && value.op.expand)) {
    const key = `${value.op.name} ${attributesKey(value.attributes)} ${inputs}`;
    name = builder.once(key, () => value.op.tensorflow!(builder, inputs, value));
  } else {
    const expansion = value.op.expand!(value);
    for (const inner of topologicalOrder([expansion])) emitValue(builder, names, inner);
    name = names.get(expansion)!;
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
  const assigned = builder.narrowed(
    builder.node("Identity", [builder.float32(0), `^${assign}`]),
  );
  const current = builder.node("ReadVariableOp", [handle], { dtype });
  return { variable, initial, assigned, current };
}

/** Emits a function's updates, after all its reads of the variables that they change. */
function emitUpdates(
  builder: GraphBuilder,
  names: ReadonlyMap<Value, string>,
  updates: readonly Update[],
): string[] {
  if (updates.length === 0) return [];
  const reads = new Set(updates.flatMap(writtenBy).map((variable) => `^${names.get(variable)!}`));
  const read = builder.node("NoOp", [...reads]);
  return updates.map((update) => emitUpdate(builder, names, update, `^${read}`));
}

function emitUpdate(
  builder: GraphBuilder,
  names: ReadonlyMap<Value, string>,
  update: Update,
  after: string,
): string {
  const handleOf = (variable: Value) => handleName(builder, leafName(variable));
  const of = (value: Value) => builder.narrowed(names.get(value)!);
  const held = (value: number) => builder.narrowed(builder.float32(value));
  if (update.kind === "assign") {
    const dtype = { type: "float32" } as const;
    return builder.node("AssignVariableOp", [
      handleOf(update.variable),
      of(update.value),
      after,
    ], { dtype });
  }
  return builder.node("ResourceApplyAdam", [
    handleOf(update.variable),
    handleOf(update.firstMoment),
    handleOf(update.secondMoment),
    of(update.beta1Power),
    of(update.beta2Power),
    of(update.learningRate),
    held(update.beta1),
    held(update.beta2),
    held(update.epsilon),
    of(update.gradient),
    after,
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

import { leafName } from "../../graph/ops/leaf.ts";
import type { Program } from "../../graph/program.ts";
import type { Value } from "../../graph/value.ts";
import type { NumericArray, Session } from "../engine.ts";
import { checkedFeed, placeholdersOf } from "../feeds.ts";
import type { NativeBinding } from "./binding.ts";
import { emitProgram, type EmittedProgram, type VariableNames } from "./emit.ts";
import { savedModelBytes } from "./wire_format.ts";

/** Loads a program as a TensorFlow session: one native call per run of a function. */
export async function loadProgram(binding: NativeBinding, program: Program): Promise<Session> {
  const emitted = emitProgram(program);
  const folder = await Deno.makeTempDir({ prefix: "basin-graph-" });
  try {
    await Deno.writeFile(`${folder}/saved_model.pb`, savedModelBytes(emitted.nodes));
    const id = binding.loadSavedModel(folder, "serve");
    return new TensorFlowSession(binding, id, program, emitted);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

class TensorFlowSession implements Session {
  readonly #binding: NativeBinding;
  readonly #id: number;
  readonly #emitted: EmittedProgram;
  readonly #placeholders: ReadonlyMap<string, readonly Value[]>;

  constructor(binding: NativeBinding, id: number, program: Program, emitted: EmittedProgram) {
    this.#binding = binding;
    this.#id = id;
    this.#emitted = emitted;
    this.#placeholders = new Map(
      Object.entries(program).map(([name, fn]) => [name, placeholdersOf(fn)]),
    );
  }

  run(
    functionName: string,
    feeds: Readonly<Record<string, NumericArray>> = {},
  ): Promise<Record<string, NumericArray>> {
    return attempt(() => {
      const placeholders = this.#placeholders.get(functionName);
      const outputs = this.#emitted.outputs[functionName];
      if (!placeholders || !outputs) {
        throw new TypeError(
          `Cannot run "${functionName}": the program has ${
            [...this.#placeholders.keys()].join(", ")
          }`,
        );
      }
      const inputs = placeholders.map((leaf) => ({
        leaf,
        tensor: `${leafName(leaf)}:0`,
        value: checkedFeed(leaf, feeds[leafName(leaf)]),
      }));
      return this.#call(inputs, outputs);
    });
  }

  assign(values: Readonly<Record<string, NumericArray>>): Promise<void> {
    return attempt(() => {
      const inputs = Object.entries(values).map(([name, value]) => {
        const { variable, initial } = this.#variable(name);
        return { leaf: variable, tensor: `${initial}:0`, value: checkedFeed(variable, value) };
      });
      const outputs = Object.keys(values).map((name) => [name, this.#variable(name).assigned]);
      this.#call(inputs, Object.fromEntries(outputs));
    });
  }

  read(names: readonly string[]): Promise<Record<string, NumericArray>> {
    return attempt(() => {
      const outputs = names.map((name) => [name, this.#variable(name).current]);
      return this.#call([], Object.fromEntries(outputs));
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return attempt(() => this.#binding.deleteSavedModel(this.#id));
  }

  #variable(name: string): VariableNames {
    const variable = this.#emitted.variables.get(name);
    if (!variable) throw new TypeError(`Cannot find the variable "${name}" in the program`);
    return variable;
  }

  #call(
    inputs: readonly { leaf: Value; tensor: string; value: NumericArray }[],
    outputs: Readonly<Record<string, string>>,
  ): Record<string, NumericArray> {
    const binding = this.#binding;
    const ids = inputs.map(({ leaf, value }) =>
      value instanceof Int32Array
        ? binding.createTensor(leaf.shape, binding.TF_INT32, value)
        : binding.createTensor(leaf.shape, binding.TF_FLOAT, float32(value))
    );
    try {
      const fetched = binding.runSavedModel(
        this.#id,
        ids,
        inputs.map(({ tensor }) => tensor).join(","),
        Object.values(outputs).map(withOutputIndex).join(","),
      );
      const names = Object.keys(outputs);
      try {
        return Object.fromEntries(
          fetched.map(({ id }, i) => [names[i]!, binding.tensorDataSync(id)]),
        );
      } finally {
        for (const { id } of fetched) binding.deleteTensor(id);
      }
    } finally {
      for (const id of ids) binding.deleteTensor(id);
    }
  }
}

function float32(value: Float32Array | Float64Array): Float32Array {
  return value instanceof Float32Array ? value : new Float32Array(value);
}

function withOutputIndex(tensor: string): string {
  return tensor.includes(":") ? tensor : `${tensor}:0`;
}

/** The native calls are synchronous; their errors must reach the caller through the promise. */
function attempt<T>(body: () => T): Promise<T> {
  return new Promise((resolve) => resolve(body()));
}

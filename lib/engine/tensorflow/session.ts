import { leafName } from "../../graph/ops/leaf.ts";
import type { Program } from "../../graph/program.ts";
import type { Value } from "../../graph/value.ts";
import type { Feed, NumericArray, Session } from "../engine.ts";
import { checkedFeed, declared } from "../feeds.ts";
import type { NativeBinding } from "./binding.ts";
import { emitProgram, type EmittedProgram, type VariableNames } from "./emit.ts";
import type { Precision } from "./graph_builder.ts";
import { savedModelBytes } from "./wire_format.ts";

/** Loads a program as a TensorFlow session: one native call per run of a function. */
export async function loadProgram(
  binding: NativeBinding,
  program: Program,
  precision: Precision = "single",
): Promise<Session> {
  const emitted = emitProgram(program, precision);
  const folder = await Deno.makeTempDir({ prefix: "basin-graph-" });
  try {
    await Deno.writeFile(`${folder}/saved_model.pb`, savedModelBytes(emitted.nodes));
    const id = binding.loadSavedModel(folder, "serve");
    return new TensorFlowSession(binding, id, emitted);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The native calls are synchronous; their errors reach the caller through the promise. */
class TensorFlowSession implements Session {
  readonly #binding: NativeBinding;
  readonly #id: number;
  readonly #emitted: EmittedProgram;
  #disposed = false;

  constructor(binding: NativeBinding, id: number, emitted: EmittedProgram) {
    this.#binding = binding;
    this.#id = id;
    this.#emitted = emitted;
  }

  run(
    functionName: string,
    feeds: Readonly<Record<string, Feed>> = {},
  ): Promise<Record<string, NumericArray>> {
    return Promise.try(() => {
      const fn = declared("function", functionName, this.#emitted.functions);
      const inputs = fn.placeholders.map(({ leaf, tensor }) => ({
        leaf,
        tensor,
        value: checkedFeed(leaf, feeds[leafName(leaf)]),
      }));
      const names = Object.keys(fn.outputs);
      const fetched = this.#call(inputs, names.length > 0 ? Object.values(fn.outputs) : [fn.done]);
      return Object.fromEntries(names.map((name, i) => [name, fetched[i]!]));
    });
  }

  assign(values: Readonly<Record<string, NumericArray>>): Promise<void> {
    return Promise.try(() => {
      const inputs = Object.entries(values).map(([name, value]) => {
        const { variable, initial } = this.#variable(name);
        return { leaf: variable, tensor: initial, value: checkedFeed(variable, value) };
      });
      this.#call(inputs, Object.keys(values).map((name) => this.#variable(name).assigned));
    });
  }

  read(names: readonly string[]): Promise<Record<string, NumericArray>> {
    return Promise.try(() => {
      const fetched = this.#call([], names.map((name) => this.#variable(name).current));
      return Object.fromEntries(names.map((name, i) => [name, fetched[i]!]));
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.try(() => {
      if (this.#disposed) return;
      this.#disposed = true;
      this.#binding.deleteSavedModel(this.#id);
    });
  }

  #variable(name: string): VariableNames {
    return declared("variable", name, this.#emitted.variables);
  }

  /** Feeds and fetches tensors by their names. */
  #call(
    inputs: readonly { leaf: Value; tensor: string; value: NumericArray }[],
    outputs: readonly string[],
  ): NumericArray[] {
    if (this.#disposed) throw new TypeError("Cannot use a session after it was disposed of");
    if (outputs.length === 0) return [];
    const binding = this.#binding;
    const ids: number[] = [];
    try {
      for (const { leaf, value } of inputs) {
        ids.push(
          value instanceof Int32Array
            ? binding.createTensor(leaf.shape, binding.TF_INT32, value)
            : binding.createTensor(leaf.shape, binding.TF_FLOAT, float32(value)),
        );
      }
      const fetched = binding.runSavedModel(
        this.#id,
        ids,
        inputs.map(({ tensor }) => withOutputIndex(tensor)).join(","),
        outputs.map(withOutputIndex).join(","),
      );
      try {
        return fetched.map(({ id }) => binding.tensorDataSync(id));
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

/** A session that computes node by node, on whatever holds the tensors. */
import type { Value } from "../graph/value.ts";
import type { Type } from "../graph/type.ts";
import { isLeaf, leafName } from "../graph/ops/leaf.ts";
import { checkProgram, leavesOf, type Program, type Update } from "../graph/program.ts";
import type { Feed, NumericArray, Session } from "./engine.ts";
import { checkedFeed, declared, placeholdersOf } from "./feeds.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";

/** What an ADAM step computes with; see `Update` for the equations. */
export interface AdamStep<T> {
  readonly variable: T;
  readonly firstMoment: T;
  readonly secondMoment: T;
  readonly gradient: T;
  /** α, β₁ᵗ and β₂ᵗ, scalars. */
  readonly learningRate: T;
  readonly beta1Power: T;
  readonly beta2Power: T;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** What holds tensors and computes with them. Tensors are immutable and freed by hand. */
export interface Device<T> {
  /** Copies an array in. */
  upload(array: NumericArray, type: Type): T;
  /** Copies a tensor out. */
  download(tensor: T): Promise<NumericArray>;
  /** A tensor of its own with the same entries, to be freed by itself. */
  share(tensor: T): T;
  /** y of a plain op: always a tensor of its own. */
  compute(node: Value, inputs: readonly T[]): T;
  /** New x, m and v. */
  adam(step: AdamStep<T>): [T, T, T];
  free(tensor: T): void;
}

/**
 * Loads a program for a device.
 *
 * @throws {TypeError} If the program is at odds with itself: see `checkProgram()`.
 */
export function interpret<T>(device: Device<T>, program: Program): Session {
  checkProgram(program);
  return new Interpreter(device, program);
}

interface LoadedFunction {
  readonly placeholders: readonly Value[];
  readonly schedule: Schedule;
  readonly outputs: Readonly<Record<string, Value>>;
  readonly updates: readonly Update[];
}

class Interpreter<T> implements Session {
  readonly #device: Device<T>;
  readonly #functions: ReadonlyMap<string, LoadedFunction>;
  readonly #declared: ReadonlyMap<string, Value>;
  readonly #variables = new Map<string, T>();
  #disposed = false;

  constructor(device: Device<T>, program: Program) {
    this.#device = device;
    this.#declared = leavesOf(program, "variable");
    this.#functions = new Map(
      Object.entries(program).map(([name, fn]) => [name, {
        placeholders: placeholdersOf(fn),
        schedule: scheduleOf(fn),
        outputs: fn.outputs,
        updates: fn.updates ?? [],
      }]),
    );
  }

  async run(
    functionName: string,
    feeds: Readonly<Record<string, Feed>> = {},
  ): Promise<Record<string, NumericArray>> {
    const fn = declared("function", functionName, this.#functions);
    // All that changes the session happens at once, so that calls do not mix; then come the copies.
    const outputs = this.#runAtOnce(fn, feeds);
    return await this.#handOver(outputs);
  }

  /** Computes and updates. @returns Tensors for the outputs, which the caller is to free. */
  #runAtOnce(
    fn: LoadedFunction,
    feeds: Readonly<Record<string, Feed>>,
  ): (readonly [string, T])[] {
    if (this.#disposed) throw new TypeError("Cannot use a session after it was disposed of");
    const owned = new Map<Value, T>();
    try {
      for (const leaf of fn.placeholders) {
        owned.set(leaf, this.#device.upload(checkedFeed(leaf, feeds[leafName(leaf)]), leaf));
      }
      this.#compute(fn.schedule, owned);
      const valueOf = (root: Value) => this.#valueOf(owned, fn.schedule.nodeOf(root));
      const values = Object.entries(fn.outputs).map(([name, root]) =>
        [name, valueOf(root)] as const
      );
      // Every update reads what the variables were before the first of them changed.
      const changes = fn.updates.flatMap((update) => this.#changes(update, valueOf));
      const outputs = values.map(([name, value]) => [name, this.#device.share(value)] as const);
      for (const [variable, value] of changes) this.#replace(leafName(variable), value);
      return outputs;
    } finally {
      for (const tensor of owned.values()) this.#device.free(tensor);
    }
  }

  assign(values: Readonly<Record<string, NumericArray>>): Promise<void> {
    return Promise.try(() => {
      const leaves = Object.keys(values).map((name) => this.#declaration(name));
      for (const leaf of leaves) checkedFeed(leaf, values[leafName(leaf)]);
      for (const leaf of leaves) {
        this.#replace(leafName(leaf), this.#device.upload(values[leafName(leaf)]!, leaf));
      }
    });
  }

  async read(names: readonly string[]): Promise<Record<string, NumericArray>> {
    const values = names.map((name) => this.#variable(this.#declaration(name)));
    return await this.#handOver(
      values.map((value, i) => [names[i]!, this.#device.share(value)] as const),
    );
  }

  /** Copies tensors out, and frees them. */
  async #handOver(
    tensors: readonly (readonly [string, T])[],
  ): Promise<Record<string, NumericArray>> {
    try {
      const copies = tensors.map(async ([name, tensor]) =>
        [name, await this.#device.download(tensor)] as const
      );
      return Object.fromEntries(await Promise.all(copies));
    } finally {
      for (const [, tensor] of tensors) this.#device.free(tensor);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.try(() => {
      this.#disposed = true;
      for (const tensor of this.#variables.values()) this.#device.free(tensor);
      this.#variables.clear();
    });
  }

  #compute({ steps }: Schedule, owned: Map<Value, T>): void {
    for (const { node, spent } of steps) {
      if (!isLeaf(node)) {
        const inputs = node.inputs.map((input) => this.#valueOf(owned, input));
        owned.set(node, this.#device.compute(node, inputs));
      }
      for (const value of spent) {
        const tensor = owned.get(value);
        if (tensor === undefined) continue; // a variable, which the session keeps
        this.#device.free(tensor);
        owned.delete(value);
      }
    }
  }

  #changes(update: Update, valueOf: (root: Value) => T): [Value, T][] {
    if (update.kind === "assign") {
      return [[update.variable, this.#device.share(valueOf(update.value))]];
    }
    const { variable, firstMoment, secondMoment, beta1, beta2, epsilon } = update;
    const [x, m, v] = this.#device.adam({
      variable: valueOf(variable),
      firstMoment: valueOf(firstMoment),
      secondMoment: valueOf(secondMoment),
      gradient: valueOf(update.gradient),
      learningRate: valueOf(update.learningRate),
      beta1Power: valueOf(update.beta1Power),
      beta2Power: valueOf(update.beta2Power),
      beta1,
      beta2,
      epsilon,
    });
    return [[variable, x], [firstMoment, m], [secondMoment, v]];
  }

  #valueOf(owned: ReadonlyMap<Value, T>, node: Value): T {
    return owned.get(node) ?? this.#variable(node);
  }

  #variable(leaf: Value): T {
    const value = this.#variables.get(leafName(leaf));
    if (value !== undefined) return value;
    throw new TypeError(
      `Cannot read the variable "${leafName(leaf)}" before it is assigned; assign it first`,
    );
  }

  #replace(name: string, value: T): void {
    const old = this.#variables.get(name);
    if (old !== undefined) this.#device.free(old);
    this.#variables.set(name, value);
  }

  #declaration(name: string): Value {
    return declared("variable", name, this.#declared);
  }
}

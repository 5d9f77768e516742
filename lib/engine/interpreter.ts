/** A session that computes node by node, on whatever holds the tensors. */
import type { Type, Value } from "../graph/value.ts";
import { isLeaf, leafName } from "../graph/ops/leaf.ts";
import { checkProgram, leavesOf, type Program, type Update } from "../graph/program.ts";
import type { NumericArray, Session } from "./engine.ts";
import { checkedFeed, declared, placeholdersOf } from "./feeds.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";

/** The numbers of an ADAM step; see `Update` for the equations. */
export interface AdamScalars {
  /** α √(1−β₂ᵗ)/(1−β₁ᵗ). */
  readonly step: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** What holds tensors and computes with them. Tensors are immutable and freed by hand. */
export interface Device<T> {
  /** Copies an array in. */
  upload(array: NumericArray, type: Type): T;
  /** Copies a tensor out. */
  download(tensor: T): NumericArray;
  /** A tensor of its own with the same entries, to be freed by itself. */
  share(tensor: T): T;
  /** y of a plain op: always a tensor of its own. */
  compute(node: Value, inputs: readonly T[]): T;
  /** New x, m and v. */
  adam(x: T, m: T, v: T, gradient: T, scalars: AdamScalars): [T, T, T];
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

  run(
    functionName: string,
    feeds: Readonly<Record<string, NumericArray>> = {},
  ): Promise<Record<string, NumericArray>> {
    return Promise.try(() => {
      const fn = declared("function", functionName, this.#functions);
      const owned = new Map<Value, T>();
      try {
        for (const leaf of fn.placeholders) {
          owned.set(leaf, this.#device.upload(checkedFeed(leaf, feeds[leafName(leaf)]), leaf));
        }
        this.#compute(fn.schedule, owned);
        const valueOf = (root: Value) => this.#valueOf(owned, fn.schedule.nodeOf(root));
        const outputs = Object.fromEntries(
          Object.entries(fn.outputs).map(([name, root]) => [
            name,
            this.#device.download(valueOf(root)),
          ]),
        );
        // Every update reads what the variables were before the first of them changed.
        const changes = fn.updates.flatMap((update) => this.#changes(update, valueOf));
        for (const [variable, value] of changes) this.#replace(leafName(variable), value);
        return outputs;
      } finally {
        for (const tensor of owned.values()) this.#device.free(tensor);
      }
    });
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

  read(names: readonly string[]): Promise<Record<string, NumericArray>> {
    return Promise.try(() =>
      Object.fromEntries(names.map((name) => {
        const value = this.#variable(this.#declaration(name));
        return [name, this.#device.download(value)];
      }))
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.try(() => {
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
    const scalar = (root: Value) => this.#device.download(valueOf(root))[0]!;
    const correction = Math.sqrt(1 - scalar(update.beta2Power)) / (1 - scalar(update.beta1Power));
    const step = scalar(update.learningRate) * correction;
    const [x, m, v] = this.#device.adam(
      valueOf(variable),
      valueOf(firstMoment),
      valueOf(secondMoment),
      valueOf(update.gradient),
      { step, beta1, beta2, epsilon },
    );
    return [[variable, x], [firstMoment, m], [secondMoment, v]];
  }

  #valueOf(owned: ReadonlyMap<Value, T>, node: Value): T {
    return owned.get(node) ?? this.#variable(node);
  }

  #variable(leaf: Value): T {
    const value = this.#variables.get(leafName(leaf));
    if (value !== undefined) return value;
    throw new TypeError(`Cannot read the variable "${leafName(leaf)}" before it is assigned`);
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

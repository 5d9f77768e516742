import { expandComposites } from "../../graph/expand.ts";
import type { ReferenceTensor } from "../../graph/op.ts";
import { isLeaf, leafName } from "../../graph/ops/leaf.ts";
import { leavesOf, type Program, rootsOf, type Update } from "../../graph/program.ts";
import { topologicalOrder, type Value } from "../../graph/value.ts";
import type { Engine, NumericArray, Session } from "../engine.ts";
import { checkedFeed, placeholdersOf } from "../feeds.ts";

/**
 * The reference engine: plain float64 TypeScript, for tiny shapes. It is the oracle of the others.
 *
 * @example
 * ```ts
 * import { referenceEngine } from "./engine.ts";
 * import { placeholder } from "../../graph/ops/leaf.ts";
 * import { square } from "../../graph/ops/square.ts";
 * import assert from "node:assert/strict";
 *
 * const x = placeholder("x", [2]);
 * await using session = await referenceEngine().load({ f: { outputs: { y: square(x) } } });
 * const { y } = await session.run("f", { x: Float64Array.of(3, 0.5) });
 * assert.deepEqual([...y!], [9, 0.25]);
 * ```
 */
export function referenceEngine(): Engine {
  return {
    description: { name: "reference", version: "1", threads: 1 },
    load: (program) => Promise.resolve(new ReferenceSession(program)),
  };
}

class ReferenceSession implements Session {
  readonly #program: Program;
  readonly #declared: ReadonlyMap<string, Value>;
  readonly #variables = new Map<string, Float64Array>();

  constructor(program: Program) {
    this.#program = program;
    this.#declared = leavesOf(program, "variable");
    leavesOf(program, "placeholder"); // throws on a name clash, as the other engines do
  }

  run(
    functionName: string,
    feeds: Readonly<Record<string, NumericArray>> = {},
  ): Promise<Record<string, NumericArray>> {
    return attempt(() => {
      const fn = this.#program[functionName];
      if (!fn) {
        throw new TypeError(
          `Cannot run "${functionName}": the program has ${Object.keys(this.#program).join(", ")}`,
        );
      }
      const known = new Map<Value, Float64Array>();
      for (const leaf of placeholdersOf(fn)) {
        known.set(leaf, Float64Array.from(checkedFeed(leaf, feeds[leafName(leaf)])));
      }
      const computed = this.#compute(rootsOf(fn), known);
      const outputs = Object.fromEntries(
        Object.entries(fn.outputs).map(([name, value]) => [name, computed(value).slice()]),
      );
      // All values are read before the first variable changes.
      const changes = (fn.updates ?? []).flatMap((update) => changesOf(update, computed));
      for (const [variable, value] of changes) this.#variables.set(leafName(variable), value);
      return outputs;
    });
  }

  assign(values: Readonly<Record<string, NumericArray>>): Promise<void> {
    return attempt(() => {
      for (const [name, value] of Object.entries(values)) {
        const variable = this.#declaredVariable(name);
        this.#variables.set(name, Float64Array.from(checkedFeed(variable, value)));
      }
    });
  }

  read(names: readonly string[]): Promise<Record<string, NumericArray>> {
    return attempt(() =>
      Object.fromEntries(
        names.map((name) => [name, this.#value(this.#declaredVariable(name)).slice()]),
      )
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#variables.clear());
  }

  #compute(
    roots: readonly Value[],
    known: Map<Value, Float64Array>,
  ): (value: Value) => Float64Array {
    const plain = expandComposites(roots);
    const plainOf = new Map(roots.map((root, i) => [root, plain[i]!]));
    for (const node of topologicalOrder(plain)) {
      if (known.has(node)) continue;
      const inputs = node.inputs.map(({ shape, dtype }, i): ReferenceTensor => ({
        shape,
        dtype,
        data: known.get(node.inputs[i]!)!,
      }));
      known.set(node, isLeaf(node) ? this.#value(node) : node.op.reference!(inputs, node));
    }
    return (value) => known.get(plainOf.get(value)!)!;
  }

  #value(variable: Value): Float64Array {
    const value = this.#variables.get(leafName(variable));
    if (value) return value;
    throw new TypeError(`Cannot read the variable ${leafName(variable)} before it is assigned`);
  }

  #declaredVariable(name: string): Value {
    const variable = this.#declared.get(name);
    if (!variable) throw new TypeError(`Cannot find the variable "${name}" in the program`);
    return variable;
  }
}

/** New values of the variables that an update changes; see `Update` for ADAM's equations. */
function changesOf(
  update: Update,
  computed: (value: Value) => Float64Array,
): [Value, Float64Array][] {
  if (update.kind === "assign") return [[update.variable, computed(update.value).slice()]];
  const { beta1, beta2, epsilon } = update;
  const g = computed(update.gradient);
  const m = computed(update.firstMoment).map((mi, i) => beta1 * mi + (1 - beta1) * g[i]!);
  const v = computed(update.secondMoment).map((vi, i) => beta2 * vi + (1 - beta2) * g[i]! ** 2);
  const [rate, power1, power2] = [update.learningRate, update.beta1Power, update.beta2Power]
    .map((scalar) => computed(scalar)[0]!) as [number, number, number];
  const step = rate * Math.sqrt(1 - power2) / (1 - power1);
  const x = computed(update.variable).map((xi, i) =>
    xi - step * m[i]! / (Math.sqrt(v[i]!) + epsilon)
  );
  return [[update.variable, x], [update.firstMoment, m], [update.secondMoment, v]];
}

/** Errors must reach the caller through the promise, as from an engine that takes its time. */
function attempt<T>(body: () => T): Promise<T> {
  return new Promise((resolve) => resolve(body()));
}

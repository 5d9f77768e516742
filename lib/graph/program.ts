import { leafName } from "./ops/leaf.ts";
import { misfit } from "./op.ts";
import { sameShape } from "./shape.ts";
import { topologicalOrder, type Value } from "./value.ts";

/**
 * A change to a variable after the rest of the function has been computed.
 *
 * ADAM (Kingma & Ba 2015) in the form of Keras 1, with ε outside the bias correction:
 * m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², x ← x − α √(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε).
 */
export type Update =
  | { readonly kind: "assign"; readonly variable: Value; readonly value: Value }
  | {
    readonly kind: "adam";
    readonly variable: Value;
    readonly gradient: Value;
    /** m, of the variable's shape. */
    readonly firstMoment: Value;
    /** v, of the variable's shape. */
    readonly secondMoment: Value;
    /** α, a scalar. */
    readonly learningRate: Value;
    /** β₁ᵗ and β₂ᵗ, scalars, with t counted from 1. */
    readonly beta1Power: Value;
    readonly beta2Power: Value;
    readonly beta1: number;
    readonly beta2: number;
    /** ε. */
    readonly epsilon: number;
  };

/** Something an engine can run: placeholders in, values out, variables changed. */
export interface GraphFunction {
  /** Values to compute, by their names. */
  readonly outputs: Readonly<Record<string, Value>>;
  /** Changes of variables, made after all outputs are known. */
  readonly updates?: readonly Update[];
}

/** Functions that share variables: what an engine loads at once. */
export type Program = Readonly<Record<string, GraphFunction>>;

/** Values that must be computed for a function: outputs and what its updates read. */
export function rootsOf({ outputs, updates = [] }: GraphFunction): Value[] {
  const read = updates.flatMap((update) =>
    update.kind === "assign" ? [update.variable, update.value] : [
      update.variable,
      update.gradient,
      update.firstMoment,
      update.secondMoment,
      update.learningRate,
      update.beta1Power,
      update.beta2Power,
    ]
  );
  return [...Object.values(outputs), ...read];
}

/** The variables that an update changes. */
export function writtenBy(update: Update): Value[] {
  const { variable } = update;
  return update.kind === "assign" ? [variable] : [
    variable,
    update.firstMoment,
    update.secondMoment,
  ];
}

/**
 * Checks what the ops' own shape rules cannot see; engines call it before they load a program.
 *
 * @throws {TypeError} If two leaves of one kind share a name, or an update writes something that
 * is no variable, has another shape, or is written twice by one function.
 */
export function checkProgram(program: Program): void {
  leavesOf(program, "placeholder");
  leavesOf(program, "variable");
  for (const [name, { updates = [] }] of Object.entries(program)) {
    const written = new Set<Value>();
    for (const update of updates) {
      const change = update.kind === "assign" ? update.value : update.gradient;
      for (const variable of writtenBy(update)) {
        if (variable.op.name !== "variable") {
          throw new TypeError(
            `Cannot update a ${variable.op.name} in "${name}"; only variables change`,
          );
        }
        if (!sameShape(variable.shape, change.shape) || change.dtype !== "float32") {
          throw misfit(
            `the update of ${leafName(variable)} in "${name}"`,
            [variable, change],
            "wanted one shape",
          );
        }
        if (written.has(variable)) {
          throw new TypeError(
            `Cannot update ${leafName(variable)} twice in "${name}"; leave one update out`,
          );
        }
        written.add(variable);
      }
    }
  }
}

/** All leaves of one kind in the program by name, each once. @throws {TypeError} On a name clash. */
export function leavesOf(program: Program, kind: "placeholder" | "variable"): Map<string, Value> {
  const leaves = new Map<string, Value>();
  for (const fn of Object.values(program)) {
    for (const value of topologicalOrder(rootsOf(fn))) {
      if (value.op.name !== kind) continue;
      const name = leafName(value);
      if ((leaves.get(name) ?? value) !== value) {
        throw new TypeError(`Cannot use two ${kind}s named "${name}" in one program; rename one`);
      }
      leaves.set(name, value);
    }
  }
  return leaves;
}

import { leafName, variable } from "../graph/ops/leaf.ts";
import type { Update } from "../graph/program.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Value } from "../graph/value.ts";
import type { NumericArray } from "../engine/engine.ts";

/**
 * A rule x_{k+1} = x_k − α_k P_k g_k for a step of training.
 *
 * The rule becomes part of the step's graph, so gradient and update are one call of the engine.
 * What the rule remembers stays in the session, in variables beside the parameters.
 *
 * @example Sign descent, x ← x − α g/√(g² + ε), as a rule of one's own
 * ```ts
 * import type { Optimiser } from "./optimiser.ts";
 * import { add } from "../graph/ops/add.ts";
 * import { constant } from "../graph/ops/constant.ts";
 * import { mul, scale } from "../graph/ops/mul.ts";
 * import { rsqrt } from "../graph/ops/rsqrt.ts";
 * import { square } from "../graph/ops/square.ts";
 * import { sub } from "../graph/ops/sub.ts";
 *
 * const signDescent: Optimiser = {
 *   name: "sign descent",
 *   learningRate: 1e-3,
 *   slots: [],
 *   updates: (variables, gradients) =>
 *     variables.map((x, i) => {
 *       const g = gradients[i]!;
 *       const sign = mul(g, rsqrt(add(square(g), constant(1e-16))));
 *       return { kind: "assign", variable: x, value: sub(x, scale(sign, 1e-3)) };
 *     }),
 *   feeds: () => ({}),
 * };
 * ```
 */
export interface Optimiser {
  /** For records and tables, for instance `ADAM`. */
  readonly name: string;
  /** α, dimensionless. */
  readonly learningRate: number;
  /** Names of what is remembered for each parameter, in tensors of its shape that start at 0. */
  readonly slots: readonly string[];
  /** How a step changes the variables, given one gradient each, and their {@link slotOf slots}. */
  updates(variables: readonly Value[], gradients: readonly Value[]): Update[];
  /**
   * What step t, counted from 1, is fed besides its batch: among it `learningRate`, if a schedule is
   * to change that.
   *
   * @param rate α of the step, if it is not the optimiser's own.
   */
  feeds(t: number, rate?: number): Record<string, NumericArray>;
}

const SLOTS = new WeakMap<Value, Map<string, Value>>();

/** What an optimiser remembers for a parameter: the same variable in every function. */
export function slotOf(parameter: Value, slot: string): Value {
  const slots = SLOTS.get(parameter) ?? new Map<string, Value>();
  SLOTS.set(parameter, slots);
  const name = `${slot}/${leafName(parameter)}`;
  const found = slots.get(slot) ?? variable(name, parameter.shape);
  slots.set(slot, found);
  return found;
}

/** All that an optimiser remembers for these parameters. */
export function slotsOf({ slots }: Optimiser, variables: readonly Value[]): Value[] {
  return variables.flatMap((parameter) => slots.map((slot) => slotOf(parameter, slot)));
}

/** All slots before the first step, by name: zeros. */
export function initialSlots(
  optimiser: Optimiser,
  variables: readonly Value[],
): Record<string, Float32Array> {
  return Object.fromEntries(
    slotsOf(optimiser, variables).map((slot) => [
      leafName(slot),
      new Float32Array(sizeOf(slot.shape)),
    ]),
  );
}

/** Checks a rate or another positive number. @throws {RangeError} Naming it and the optimiser. */
export function positive(optimiser: string, name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`Cannot make ${optimiser} with ${name} = ${value}; want a positive number`);
}

/** Checks a share such as a momentum. @throws {RangeError} Naming it and the optimiser. */
export function share(optimiser: string, name: string, value: number): number {
  if (value >= 0 && value < 1) return value;
  throw new RangeError(
    `Cannot make ${optimiser} with ${name} = ${value}; want a number of at least 0 and below 1`,
  );
}

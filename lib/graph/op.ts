import type { Attributes, Type, Value } from "./value.ts";
import type { PortableKernels } from "./portable_kernels.ts";
import type { TensorFlowEmitter } from "./tensorflow_emitter.ts";

/** A tensor of the reference engine: float64, row-major. */
export interface ReferenceTensor extends Type {
  readonly data: Float64Array;
}

/**
 * Everything there is to know about one op, in one file of `ops/`.
 *
 * For y = op(x₁, …, x_k) with Jacobians J_i = ∂y/∂x_i:
 * - the vector–Jacobian product (VJP) maps ȳ to x̄_i = J_iᵀ ȳ: reverse mode;
 * - the Jacobian–vector product (JVP) maps ẋ to ẏ = Σ J_i ẋ_i: forward mode;
 * - `expand`, of a composite op, writes y in simpler ops. Where a rule is missing, the expansion
 *   is differentiated or computed in its place. An op has `expand` or else all other rules.
 *
 * The exact Hessian-vector product is the JVP of the VJP (Pearlmutter 1994), so what a VJP rule
 * returns must have a JVP in turn. Tangents and cotangents that are zero are `undefined`.
 */
export interface Op<A extends Attributes = Attributes> {
  readonly name: string;
  /** Type of y. @throws {TypeError} If the inputs do not fit, naming the op and the shapes. */
  infer(inputs: readonly Value[], attributes: A): Type;
  /** One cotangent per input; `undefined` where y does not depend on it smoothly. */
  vjp?(node: Value<A>, cotangent: Value): readonly (Value | undefined)[];
  /** Tangent of y; called only if at least one tangent is given. */
  jvp?(node: Value<A>, tangents: readonly (Value | undefined)[]): Value | undefined;
  /** y in terms of simpler ops. */
  expand?(node: Value<A>): Value;
  /** Whether the sum of y over these axes is zero whatever the inputs: it is then not computed. */
  sumVanishes?(node: Value<A>, axes: readonly number[]): boolean;
  /** Emits TensorFlow nodes for y, and returns the name of the tensor that holds it. */
  tensorflow?(emit: TensorFlowEmitter, inputs: readonly string[], node: Value<A>): string;
  /** Computes y with the portable engine's kernels. */
  portable?<T>(kernels: PortableKernels<T>, inputs: readonly T[], node: Value<A>): T;
  /** Computes y in float64, slowly and plainly. */
  reference?(inputs: readonly ReferenceTensor[], node: Value<A>): Float64Array;
}

/**
 * Types an op; attributes are inferred from the explicit type argument.
 *
 * @example A new op is one file, and its cases in `tests/graph/op_cases.ts`: nothing else lists ops
 * ```ts
 * import { apply, defineOp } from "./op.ts";
 * import { jvp } from "./jvp.ts";
 * import { constant } from "./ops/constant.ts";
 * import { placeholder } from "./ops/leaf.ts";
 * import { mul, scale } from "./ops/mul.ts";
 * import { square } from "./ops/square.ts";
 * import type { Value } from "./value.ts";
 * import { vjp } from "./vjp.ts";
 * import { referenceEngine } from "../engine/reference/engine.ts";
 * import assert from "node:assert/strict";
 *
 * const slope = (x: Value, g: Value) => mul(g, scale(square(x), 3));
 *
 * const CUBE = defineOp<Record<never, never>>({
 *   name: "cube",
 *   infer: (inputs) => ({ shape: inputs[0]!.shape, dtype: "float32" }),
 *   vjp: ({ inputs }, g) => [slope(inputs[0]!, g)],
 *   jvp: ({ inputs }, [tangent]) => slope(inputs[0]!, tangent!),
 *   tensorflow: (emit, [x]) => emit.node("Mul", [x!, emit.node("Square", [x!])]),
 *   portable: (kernels, [x]) => kernels.mul(x!, kernels.square(x!)),
 *   reference: ([x]) => x!.data.map((entry) => entry ** 3),
 * });
 *
 * // Its gradient and its Hessian come with it.
 * const x = placeholder("x", []);
 * const cube = apply(CUBE, [x], {});
 * const [gradient] = vjp(cube, constant(1), [x]);
 * const [product] = jvp([gradient!], [x], [constant(1)]);
 * const outputs = { cube, gradient: gradient!, product: product! };
 * await using session = await referenceEngine().load({ f: { outputs } });
 * const values = await session.run("f", { x: Float64Array.of(2) });
 * assert.deepEqual(Object.values(values).flatMap((value) => [...value]), [8, 12, 12]);
 * ```
 */
export function defineOp<A extends Attributes>(op: Op<A>): Op<A> {
  return op;
}

/** Applies an op: infers the type of the result, or throws. */
export function apply<A extends Attributes>(
  op: Op<A>,
  inputs: readonly Value[],
  attributes: A,
): Value {
  const { shape, dtype } = op.infer(inputs, attributes);
  // A is erased here: a graph mixes ops, and each rule sees only nodes of its own op.
  return { op: op as unknown as Op, inputs, attributes, shape, dtype };
}

/** Error for inputs that do not fit an op. */
export function misfit(op: string, inputs: readonly Value[], wanted: string): TypeError {
  const shapes = inputs.map(({ shape, dtype }) => `${dtype}[${shape.join(", ")}]`).join(" and ");
  return new TypeError(`Cannot apply ${op} to ${shapes}: ${wanted}`);
}

import type { Attributes } from "./type.ts";
import type { Op, Value } from "./value.ts";

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
 *   stablehlo: (emit, [x]) => emit.elementwise("multiply", x!, emit.elementwise("multiply", x!, x!)),
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

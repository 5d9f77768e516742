import { misfit } from "./op.ts";
import { sameShape } from "./shape.ts";
import { topologicalOrder, type Value } from "./value.ts";

/**
 * Forward-mode derivative: ẏ = J ẋ for y = y(x), as new nodes of the graph.
 *
 * Applied to the outputs of {@link vjp} it gives the exact Hessian-vector product
 * (Pearlmutter 1994, the R-operator), where differences of gradients fail at ReLU's kinks.
 *
 * @example The Hessian of x³ times 2
 * ```ts
 * import { jvp } from "./jvp.ts";
 * import { vjp } from "./vjp.ts";
 * import { constant } from "./ops/constant.ts";
 * import { placeholder } from "./ops/leaf.ts";
 * import { mul } from "./ops/mul.ts";
 * import { square } from "./ops/square.ts";
 * import { referenceEngine } from "../engine/reference/engine.ts";
 * import assert from "node:assert/strict";
 *
 * const x = placeholder("x", []);
 * const [gradient] = vjp(mul(square(x), x), constant(1), [x]);
 * const [product] = jvp([gradient!], [x], [constant(2)]);
 * await using session = await referenceEngine().load({ f: { outputs: { product: product! } } });
 * const outputs = await session.run("f", { x: Float64Array.of(5) });
 * assert.deepEqual([...outputs.product!], [6 * 5 * 2]);
 * ```
 *
 * @param outputs The y's.
 * @param withRespectTo The x's.
 * @param tangents One ẋ for each x, of its shape.
 * @returns One ẏ for each y; `undefined` where it is zero because y does not depend on x.
 * @throws {TypeError} If a tangent has not the shape of its x.
 */
export function jvp(
  outputs: readonly Value[],
  withRespectTo: readonly Value[],
  tangents: readonly Value[],
): (Value | undefined)[] {
  return pushForward(outputs, withRespectTo, tangents);
}

/** {@link jvp} through the graph between the boundary and the outputs. */
function pushForward(
  outputs: readonly Value[],
  withRespectTo: readonly Value[],
  tangents: readonly Value[],
  boundary: ReadonlySet<Value> = new Set(),
): (Value | undefined)[] {
  const tangentOf = new Map<Value, Value>();
  withRespectTo.forEach((x, i) => {
    const tangent = tangents[i];
    if (tangent === undefined || !sameShape(x.shape, tangent.shape)) {
      throw misfit("jvp", tangent ? [x, tangent] : [x], "each tangent must have its x's shape");
    }
    tangentOf.set(x, tangent);
  });
  for (const node of topologicalOrder(outputs, boundary)) {
    if (tangentOf.has(node) || boundary.has(node)) continue;
    const given = node.inputs.map((input) => tangentOf.get(input));
    if (given.every((tangent) => tangent === undefined)) continue;
    const tangent = tangentOfOutput(node, given);
    if (tangent) tangentOf.set(node, tangent);
  }
  return outputs.map((y) => tangentOf.get(y));
}

/** The op's own rule, or its expansion's. */
function tangentOfOutput(node: Value, given: readonly (Value | undefined)[]): Value | undefined {
  if (node.op.jvp) return node.op.jvp(node, given);
  if (!node.op.expand) {
    throw new TypeError(
      `Cannot differentiate ${node.op.name}: it has neither a JVP nor expansion; give it one`,
    );
  }
  const moving = node.inputs.flatMap((input, i) => given[i] ? [{ input, tangent: given[i] }] : []);
  const [tangent] = pushForward(
    [node.op.expand(node)],
    moving.map(({ input }) => input),
    moving.map(({ tangent }) => tangent),
    new Set(node.inputs),
  );
  return tangent;
}

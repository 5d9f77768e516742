import { misfit } from "./op.ts";
import { addIfPresent } from "./ops/add.ts";
import { sameShape } from "./shape.ts";
import { topologicalOrder, type Value } from "./value.ts";

/**
 * Reverse-mode derivative: x̄ = Jᵀ ȳ for y = y(x), as new nodes of the graph.
 *
 * Each node's cotangent is complete once all its consumers have been visited, which the reverse of
 * a topological order guarantees.
 *
 * @example
 * ```ts
 * import { vjp } from "./vjp.ts";
 * import { constant } from "./ops/constant.ts";
 * import { placeholder } from "./ops/leaf.ts";
 * import { square } from "./ops/square.ts";
 * import { sumAll } from "./ops/sum.ts";
 * import { referenceEngine } from "../engine/reference/engine.ts";
 * import assert from "node:assert/strict";
 *
 * const x = placeholder("x", [2]);
 * const [gradient] = vjp(sumAll(square(x)), constant(1), [x]);
 * await using session = await referenceEngine().load({ f: { outputs: { gradient: gradient! } } });
 * const outputs = await session.run("f", { x: Float64Array.of(3, -1) });
 * assert.deepEqual([...outputs.gradient!], [6, -2]);
 * ```
 *
 * @param output y.
 * @param cotangent ȳ, of y's shape. For the gradient of a scalar pass `constant(1)`.
 * @param withRespectTo The x's.
 * @returns One x̄ for each x, of its shape; `undefined` where y does not depend on x.
 * @throws {TypeError} If ȳ has not y's shape.
 */
export function vjp(
  output: Value,
  cotangent: Value,
  withRespectTo: readonly Value[],
): (Value | undefined)[] {
  if (!sameShape(output.shape, cotangent.shape)) {
    throw misfit("vjp", [output, cotangent], "the cotangent must have the output's shape");
  }
  return pullBack(output, cotangent, withRespectTo);
}

/** {@link vjp} through the graph between the output and the boundary. */
function pullBack(
  output: Value,
  cotangent: Value,
  withRespectTo: readonly Value[],
  boundary: ReadonlySet<Value> = new Set(),
): (Value | undefined)[] {
  const order = topologicalOrder([output], boundary);
  const active = dependents(order, withRespectTo);
  const cotangents = new Map<Value, Value>([[output, cotangent]]);
  for (const node of order.reverse()) {
    const g = cotangents.get(node);
    if (g === undefined || boundary.has(node) || !node.inputs.some((input) => active.has(input))) {
      continue;
    }
    cotangentsOfInputs(node, g).forEach((contribution, i) => {
      const input = node.inputs[i]!;
      if (!contribution || !active.has(input)) return;
      cotangents.set(input, addIfPresent(cotangents.get(input), contribution)!);
    });
  }
  return withRespectTo.map((x) => cotangents.get(x));
}

/** The op's own rule, or its expansion's. */
function cotangentsOfInputs(node: Value, g: Value): readonly (Value | undefined)[] {
  if (node.op.vjp) return node.op.vjp(node, g);
  if (!node.op.expand) {
    throw new TypeError(
      `Cannot differentiate ${node.op.name}: it has neither a VJP nor expansion; give it one`,
    );
  }
  // The caller goes on from the inputs by itself. What they have in common must not be counted here
  // as well: one may be computed from another, or be the same.
  const inputs = [...new Set(node.inputs)];
  const found = pullBack(node.op.expand(node), g, inputs, new Set(inputs));
  return node.inputs.map((input, i) =>
    node.inputs.indexOf(input) === i ? found[inputs.indexOf(input)] : undefined
  );
}

/** All nodes of the order that depend on one of the sources, these included. */
function dependents(order: readonly Value[], sources: readonly Value[]): Set<Value> {
  const active = new Set(sources);
  for (const node of order) {
    if (node.inputs.some((input) => active.has(input))) active.add(node);
  }
  return active;
}

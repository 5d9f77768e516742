/** How an engine that computes node by node runs a function. */
import { expandComposites } from "../graph/expand.ts";
import { type GraphFunction, rootsOf } from "../graph/program.ts";
import { topologicalOrder, type Value } from "../graph/value.ts";

/** One node to compute. */
export interface Step {
  /** A leaf or a plain op: composites have been expanded. */
  readonly node: Value;
  /** Nodes that nothing reads after this step, so that their memory can be had back. */
  readonly spent: readonly Value[];
}

/** A function as a list of plain ops, each after its inputs. */
export interface Schedule {
  readonly steps: readonly Step[];
  /** The node that computes an output of the function, or a value that its updates read. */
  nodeOf(root: Value): Value;
}

/**
 * Schedules a function: all its outputs, and all that its updates read.
 *
 * @example
 * ```ts
 * import { scheduleOf } from "./schedule.ts";
 * import { placeholder } from "../graph/ops/leaf.ts";
 * import { square } from "../graph/ops/square.ts";
 * import assert from "node:assert/strict";
 *
 * const x = placeholder("x", []);
 * const { steps } = scheduleOf({ outputs: { y: square(square(x)) } });
 * assert.deepEqual(steps.map(({ node }) => node.op.name), ["placeholder", "square", "square"]);
 * assert.deepEqual(steps.map(({ spent }) => spent.length), [0, 1, 1]);
 * ```
 */
export function scheduleOf(fn: GraphFunction): Schedule {
  const roots = rootsOf(fn);
  const plain = expandComposites(roots);
  const order = topologicalOrder(plain);
  const needed = new Set(plain);
  const spent = new Map<Value, Value[]>();
  for (const node of order.toReversed()) {
    const last = [...new Set(node.inputs)].filter((input) => !needed.has(input));
    for (const input of last) needed.add(input);
    spent.set(node, last);
  }
  const plainOf = new Map(roots.map((root, i) => [root, plain[i]!]));
  return {
    steps: order.map((node) => ({ node, spent: spent.get(node)! })),
    nodeOf: (root) => plainOf.get(root)!,
  };
}

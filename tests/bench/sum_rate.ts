import type { Engine } from "../../lib/engine/engine.ts";
import { add } from "../../lib/graph/ops/add.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { variable } from "../../lib/graph/ops/leaf.ts";
import { type Clock, leastMilliseconds } from "./statistics.ts";

/** Vectors that a sum of two passes over. */
export const SUM_VECTORS = 3;
/** float32. */
export const BYTES_AN_ENTRY = 4;
const REPEATS = 10;

/** How fast the machine passes over vectors of one length. */
export interface SumRate extends AsyncDisposable {
  /** @returns Bytes a millisecond, measured now. */
  measured(clock?: Clock): Promise<number>;
}

/**
 * Loads c ← a + b, as STREAM's “add”, on vectors of a network's length: those that fit into a cache
 * are passed over from there, as the network's own are.
 *
 * Source: McCalpin 1995, STREAM; what a cache line costs to be allocated before it is written is
 * not counted.
 */
export async function sumRate(engine: Engine, length: number): Promise<SumRate> {
  const [a, b, c] = ["a", "b", "c"].map((term) => variable(term, [length]));
  const session = await engine.load({
    sum: {
      outputs: { done: constant(0) },
      updates: [{ kind: "assign", variable: c!, value: add(a!, b!) }],
    },
  });
  const ones = new Float32Array(length).fill(1);
  await session.assign({ a: ones, b: ones, c: ones });
  return {
    measured: async (clock) =>
      SUM_VECTORS * BYTES_AN_ENTRY * length /
      await leastMilliseconds(() => session.run("sum"), REPEATS, clock),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

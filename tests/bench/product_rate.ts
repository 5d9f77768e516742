import type { Engine } from "../../lib/engine/engine.ts";
import { constant } from "../../lib/graph/ops/constant.ts";
import { variable } from "../../lib/graph/ops/leaf.ts";
import { matMul } from "../../lib/graph/ops/mat_mul.ts";
import { type Clock, leastMilliseconds } from "./statistics.ts";

/** Rows and columns of the product. */
export const SIDE = 1024;
const REPEATS = 10;

/** How fast the machine multiplies matrices that are large enough for its best rate. */
export interface ProductRate extends AsyncDisposable {
  /** @returns Multiply-adds a millisecond, measured now. */
  measured(clock?: Clock): Promise<number>;
}

/** Loads a product of two square matrices, whose result stays inside the engine. */
export async function productRate(engine: Engine): Promise<ProductRate> {
  const [a, b, c] = ["a", "b", "c"].map((factor) => variable(factor, [SIDE, SIDE]));
  const session = await engine.load({
    product: {
      outputs: { done: constant(0) },
      updates: [{ kind: "assign", variable: c!, value: matMul(a!, b!) }],
    },
  });
  const ones = new Float32Array(SIDE ** 2).fill(1);
  await session.assign({ a: ones, b: ones, c: ones });
  return {
    measured: async (clock) =>
      SIDE ** 3 / await leastMilliseconds(() => session.run("product"), REPEATS, clock),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

import type { Engine } from "../engine.ts";
import { interpret } from "../interpreter.ts";
import { REFERENCE_DEVICE } from "./device.ts";

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
    load: (program) => Promise.try(() => interpret(REFERENCE_DEVICE, program)),
  };
}

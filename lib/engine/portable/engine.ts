import { setBackend } from "@tensorflow/tfjs-core";
import { setWasmPaths, version_wasm as version } from "@tensorflow/tfjs-backend-wasm";
import { fileURLToPath } from "node:url";
import type { Engine } from "../engine.ts";
import { interpret } from "../interpreter.ts";
import { TFJS_DEVICE } from "./device.ts";

/** Which of tfjs's backends computes. */
export type PortableBackend = "wasm";

/**
 * The portable engine: the graph computed op by op by tfjs, on WebAssembly, with one thread.
 *
 * It needs no native library, and takes over ten times as long as the TensorFlow engine.
 *
 * @example
 * ```ts
 * import { portableEngine } from "./engine.ts";
 * import { placeholder } from "../../graph/ops/leaf.ts";
 * import { square } from "../../graph/ops/square.ts";
 * import assert from "node:assert/strict";
 *
 * const engine = await portableEngine({ backend: "wasm" });
 * const x = placeholder("x", [2]);
 * await using session = await engine.load({ f: { outputs: { y: square(x) } } });
 * const { y } = await session.run("f", { x: Float32Array.of(3, 0.5) });
 * assert.deepEqual([...y!], [9, 0.25]);
 * ```
 *
 * @throws {Error} If the backend does not start.
 */
export async function portableEngine(
  { backend }: { readonly backend: PortableBackend } = { backend: "wasm" },
): Promise<Engine> {
  const module = import.meta.resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(fileURLToPath(new URL("./", module)));
  if (!(await setBackend(backend))) {
    throw new Error(`Cannot start the ${backend} backend of tfjs ${version}`);
  }
  return {
    description: { name: "portable", version, threads: 1, backend },
    load: (program) => Promise.try(() => interpret(TFJS_DEVICE, program)),
  };
}

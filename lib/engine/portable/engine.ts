import type { Engine } from "../engine.ts";
import { interpret } from "../interpreter.ts";
import type { PortableBackend } from "../setup/choice.ts";
import { startBackend } from "./backends.ts";
import { TFJS_DEVICE } from "./device.ts";

/**
 * The portable engine: the graph computed op by op by tfjs, on WebAssembly with one thread, on the
 * GPU through WebGPU, or in plain JavaScript. A process has one backend at a time.
 *
 * It needs no native library. On WebAssembly it takes over ten times as long as TensorFlow, and
 * JavaScript is for checks at toy size.
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
 * @throws {RangeError} If WebGPU is asked for and the machine has no adapter.
 * @throws {Error} If the backend does not start.
 */
export async function portableEngine(
  { backend }: { readonly backend: PortableBackend } = { backend: "wasm" },
): Promise<Engine> {
  const version = await startBackend(backend);
  return {
    description: { name: "portable", version, threads: 1, backend },
    load: (program) => Promise.try(() => interpret(TFJS_DEVICE, program)),
  };
}

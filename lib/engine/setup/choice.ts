/** Which engine the user asks for, if any. */

/** tfjs's backends that the portable engine runs on. */
export const PORTABLE_BACKENDS = ["wasm", "webgpu", "cpu"] as const;

/** One of tfjs's backends: WebAssembly, the GPU through WebGPU, or plain JavaScript. */
export type PortableBackend = typeof PORTABLE_BACKENDS[number];

/** What can be asked for by name: `portable` is its backend `wasm`. */
export type EngineChoice = "tensorflow" | "portable" | PortableBackend;

const CHOICES: readonly EngineChoice[] = ["tensorflow", "portable", ...PORTABLE_BACKENDS];

/**
 * The engine that `BASIN_ENGINE` asks for, or `undefined` if the best available one is meant.
 *
 * @example
 * ```ts
 * import { requestedEngine } from "./choice.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(requestedEngine(() => "webgpu"), "webgpu");
 * assert.equal(requestedEngine(() => undefined), undefined);
 * ```
 *
 * @throws {RangeError} If the variable is set to something else.
 */
export function requestedEngine(
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): EngineChoice | undefined {
  const value = env("BASIN_ENGINE");
  if (value === undefined || value === "") return undefined;
  const choice = CHOICES.find((name) => name === value);
  if (choice) return choice;
  throw new RangeError(
    `Cannot choose the engine BASIN_ENGINE=${value}; set it to tensorflow, portable, wasm, ` +
      "webgpu or cpu, or unset it",
  );
}

/** The backend that a choice means; `undefined` if it means TensorFlow, or nothing is chosen. */
export function backendOf(choice: EngineChoice | undefined): PortableBackend | undefined {
  if (choice === undefined || choice === "tensorflow") return undefined;
  return choice === "portable" ? "wasm" : choice;
}

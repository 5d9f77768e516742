/** Which engine the user asks for, if any. */

/** tfjs's backends that the portable engine runs on. */
const PORTABLE_BACKENDS = ["wasm", "webgpu", "cpu"] as const;

/** One of tfjs's backends: WebAssembly, the GPU through WebGPU, or plain JavaScript. */
export type PortableBackend = typeof PORTABLE_BACKENDS[number];

/** Accelerators by name, and XLA's own CPU build, which serves for tests. */
const XLA_NAMES = ["cuda", "rocm", "tpu", "xla-cpu"] as const;

/** The XLA engine: on an accelerator by name, or through a plugin at a path. */
export type XlaChoice = typeof XLA_NAMES[number] | `xla:${string}`;

/** What can be asked for by name: `portable` is its backend `wasm`. */
export type EngineChoice = "tensorflow" | "portable" | PortableBackend | XlaChoice;

const CHOICES: readonly EngineChoice[] = [
  "tensorflow",
  "portable",
  ...PORTABLE_BACKENDS,
  ...XLA_NAMES,
];

/**
 * The engine that `BASIN_ENGINE` asks for, or `undefined` if the best available one is meant.
 *
 * @example
 * ```ts
 * import { requestedEngine } from "./choice.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(requestedEngine(() => "webgpu"), "webgpu");
 * assert.equal(requestedEngine(() => "xla:/opt/plugin.so"), "xla:/opt/plugin.so");
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
  if (/^xla:./.test(value)) return value as XlaChoice;
  throw new RangeError(
    `Cannot choose the engine BASIN_ENGINE=${value}; set it to tensorflow, portable, wasm, ` +
      "webgpu, cpu, cuda, rocm, tpu, xla-cpu or xla:/path/to/plugin.so, or unset it",
  );
}

/** The backend that a choice means; `undefined` if it means another engine, or nothing is chosen. */
export function backendOf(choice: EngineChoice | undefined): PortableBackend | undefined {
  if (choice === "portable") return "wasm";
  return PORTABLE_BACKENDS.find((backend) => backend === choice);
}

/** The choice if it means the XLA engine, else `undefined`. */
export function xlaChoiceOf(choice: EngineChoice | undefined): XlaChoice | undefined {
  const known = XLA_NAMES.find((name) => name === choice);
  return known ?? (choice?.startsWith("xla:") ? choice as XlaChoice : undefined);
}

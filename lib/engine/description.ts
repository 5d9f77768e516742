import type { EngineDescription } from "./engine.ts";
import { backendOf, requestedEngine, xlaChoiceOf } from "./setup/choice.ts";
import { locateNative } from "./setup/location.ts";
import { kernelFacts, kernelSettings } from "./tensorflow/kernel_settings.ts";
import { xlaDescription } from "./xla/description.ts";
import { locatePlugin } from "./xla/plugin_location.ts";
import { threadsFromEnvironment } from "./tensorflow/threads.ts";

/** Version of tfjs in the import map, which the portable engine runs on. */
const TFJS_VERSION = "4.22.0";

/**
 * Describes the engine that `selectEngine()` would return, without loading it.
 *
 * @param threads Threads within one op; default as the environment says.
 * @throws {RangeError} If `BASIN_ENGINE` names no engine, or an accelerator or plugin that is not
 *   there, or `BASIN_TUNING` no choice of kernels.
 */
export function engineDescription(threads = threadsFromEnvironment()): EngineDescription {
  const xla = xlaChoiceOf(requestedEngine());
  if (xla !== undefined) return { ...xlaDescription(locatePlugin(xla)) };
  const backend = backendOf(requestedEngine());
  const native = backend ? undefined : locateNative();
  if (!native) {
    return { name: "portable", version: TFJS_VERSION, threads: 1, backend: backend ?? "wasm" };
  }
  return {
    name: "tensorflow",
    version: native.libraryVersion,
    threads,
    build: native.digest.slice(0, 12),
    ...kernelFacts(kernelSettings(native.digest).variables),
  };
}

import { engineDescription } from "./description.ts";
import type { Engine } from "./engine.ts";
import { backendOf, requestedEngine, xlaChoiceOf } from "./setup/choice.ts";
import { locateNative } from "./setup/location.ts";

/** What does not decide which engine it is. */
export interface SelectOptions {
  /** Told while a program takes long to compile. */
  readonly note?: (line: string) => void;
}

/**
 * The best engine that is installed: TensorFlow, else the portable one.
 *
 * `BASIN_ENGINE` asks for one by name: `tensorflow`, or the portable one as `wasm`, `webgpu` or
 * `cpu`, or the XLA one as `cuda`, `rocm`, `tpu`, `xla-cpu` or `xla:/path/to/plugin.so`. Only the
 * chosen engine's code and library are loaded.
 *
 * @throws {RangeError} If `BASIN_ENGINE` names no engine, or WebGPU, or a device, is asked for
 *   and not there.
 * @throws {Error} If TensorFlow is asked for and not installed.
 */
export async function selectEngine({ note }: SelectOptions = {}): Promise<Engine> {
  const xla = xlaChoiceOf(requestedEngine());
  if (xla !== undefined) {
    const { locatePlugin } = await import("./xla/plugin_location.ts");
    const { xlaEngine } = await import("./xla/engine.ts");
    return xlaEngine(locatePlugin(xla), { ...(note && { note }) });
  }
  const native = locateNative();
  if (requestedEngine() === "tensorflow" && !native) {
    throw new Error(
      "Cannot use the tensorflow engine: it is not installed; run `deno task setup --retry`",
    );
  }
  if (native && engineDescription().name === "tensorflow") {
    const { tensorflowEngine } = await import("./tensorflow/engine.ts");
    return tensorflowEngine(native);
  }
  const { portableEngine } = await import("./portable/engine.ts");
  return await portableEngine({ backend: backendOf(requestedEngine()) ?? "wasm" });
}

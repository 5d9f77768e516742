import type { Engine } from "../engine.ts";
import { loadBinding } from "./binding.ts";
import type { Precision } from "./graph_builder.ts";
import { loadProgram } from "./session.ts";
import { kernelFacts, kernelSettings } from "./kernel_settings.ts";
import { threadsFromEnvironment } from "./threads.ts";

/**
 * The TensorFlow engine: whole functions as single calls of tfjs-node's addon.
 *
 * @param options `precision: "double"` computes in float64 between float32 feeds, variables and
 *   outputs: many times slower, and a yardstick for float32 at sizes beyond the reference engine.
 */
export function tensorflowEngine(
  native: { addonPath: string; digest: string },
  { precision = "single" }: { readonly precision?: Precision } = {},
): Engine {
  const { variables } = kernelSettings(native.digest);
  const binding = loadBinding(native.addonPath, variables);
  return {
    description: {
      name: "tensorflow",
      version: binding.TF_Version,
      threads: threadsFromEnvironment(),
      build: native.digest.slice(0, 12),
      ...kernelFacts(variables),
      ...(precision === "double" ? { precision } : {}),
    },
    load: (program) => loadProgram(binding, program, precision),
  };
}

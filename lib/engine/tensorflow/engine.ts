import type { Engine } from "../engine.ts";
import { loadBinding } from "./binding.ts";
import { loadProgram } from "./session.ts";
import { instructionSet } from "./instruction_set.ts";
import { threadsFromEnvironment } from "./threads.ts";

/** The TensorFlow engine: whole functions as single calls of tfjs-node's addon. */
export function tensorflowEngine(native: { addonPath: string; digest: string }): Engine {
  const binding = loadBinding(native.addonPath);
  return {
    description: {
      name: "tensorflow",
      version: binding.TF_Version,
      threads: threadsFromEnvironment(),
      build: native.digest.slice(0, 12),
      instructions: instructionSet(),
    },
    load: (program) => loadProgram(binding, program),
  };
}

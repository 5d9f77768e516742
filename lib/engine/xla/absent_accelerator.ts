import type { EngineDescription } from "../engine.ts";
import { requestedEngine, xlaChoiceOf } from "../setup/choice.ts";
import { locatePlugin } from "./plugin_location.ts";

/** An accelerator that `BASIN_ENGINE` asks for by name, and that this machine has not. */
export interface AbsentAccelerator {
  /** What is known of it all the same; no result has such a key. */
  readonly description: EngineDescription;
  /** Why it cannot be used, and what to do. */
  readonly why: string;
}

/**
 * The accelerator that is asked for by name, if this machine has no driver or no plugin for it: a run
 * can be foreseen, not done. A plugin that is named by its path must be there.
 */
export function absentAccelerator(): AbsentAccelerator | undefined {
  const choice = xlaChoiceOf(requestedEngine());
  if (choice !== "cuda" && choice !== "rocm" && choice !== "tpu") return undefined;
  try {
    locatePlugin(choice);
    return undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const description = { name: "xla", version: "", threads: 1, platform: choice };
    return { description, why: error.message };
  }
}

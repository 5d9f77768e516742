/** One line that says which engine there is. */
import type { Installation } from "./install.ts";

/**
 * One line for the user: the engine, or which step failed, why, and how to mend it.
 *
 * @example
 * ```ts
 * import { describeInstallation } from "./description.ts";
 * import assert from "node:assert/strict";
 *
 * const reasons = [{ step: "find pip", why: "no pip runs", mend: "apt-get install python3-pip" }];
 * assert.equal(
 *   describeInstallation({ kind: "portable", reasons }),
 *   "engine: portable (slower). Cannot find pip: no pip runs; apt-get install python3-pip",
 * );
 * ```
 */
export function describeInstallation(installation: Installation): string {
  if (installation.kind === "tensorflow") {
    return `engine: TensorFlow ${installation.libraryVersion} (${installation.addonPath})`;
  }
  const [first, second] = installation.reasons;
  if (first === undefined) return "engine: portable (slower)";
  const log = first.log ? ` [log: ${first.log}]` : "";
  const also = second ? ` (then could not ${second.step}: ${second.why})` : "";
  return `engine: portable (slower). Cannot ${first.step}: ${first.why}; ${first.mend}${also}${log}`;
}

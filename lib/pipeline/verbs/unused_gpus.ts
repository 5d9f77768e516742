/** Says that the machine has GPUs which a run would leave idle. */
import { counted } from "../display/format.ts";
import type { EngineFacts } from "../key/preimage.ts";
import { acceleratorOf } from "../run/device.ts";

/**
 * One line for `plan`, or none: GPUs are there, and no stage's engine computes on one.
 *
 * @param models Names of the GPUs that this process may use.
 * @param engines What the study's stages compute with.
 *
 * @example
 * ```ts
 * import { unusedGpusText } from "./unused_gpus.ts";
 * import assert from "node:assert/strict";
 *
 * const text = unusedGpusText(["NVIDIA H100"], [{ name: "tensorflow" }]);
 * assert.match(text, /^1 GPU is unused \(NVIDIA H100\): .* `plan --engine cuda`/);
 * assert.equal(unusedGpusText(["NVIDIA H100"], [{ name: "xla", platform: "cuda" }]), "");
 * ```
 */
export function unusedGpusText(
  models: readonly string[],
  engines: Iterable<EngineFacts>,
): string {
  const all = [...engines];
  const used = all.some((engine) => acceleratorOf(engine) !== undefined);
  if (models.length === 0 || all.length === 0 || used) return "";
  const kinds = [...new Set(models)].join(", ");
  return `${counted(models.length, "GPU")} ${
    models.length === 1 ? "is" : "are"
  } unused (${kinds}): ` +
    "`deno task setup --engine cuda` once, then `plan --engine cuda` and `run --engine cuda`";
}

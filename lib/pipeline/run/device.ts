/** What a stage computes on, by which durations are compared: a GPU's tell nothing of a CPU's. */
import type { EngineFacts } from "../key/preimage.ts";

/** Platforms of the XLA engine, and backends of tfjs, that compute beside the cores. */
const ACCELERATORS: readonly (string | number)[] = ["cuda", "rocm", "tpu", "webgpu"];

/** The platform of an accelerator, or `undefined` if the engine computes on cores. */
export function acceleratorOf(engine: EngineFacts | undefined): string | undefined {
  const { platform = "", backend = "" } = engine ?? {};
  return [platform, backend].map(String).find((name) => ACCELERATORS.includes(name));
}

/**
 * A name that is one for engines whose durations say something of each other: of one kind and on
 * devices of one model. Versions, threads and flags do not count.
 *
 * @example
 * ```ts
 * import { deviceOf } from "./device.ts";
 * import assert from "node:assert/strict";
 *
 * const h100 = { name: "xla", version: "0.11", platform: "cuda", device: "NVIDIA H100" };
 * assert.equal(deviceOf(h100), "xla cuda NVIDIA H100");
 * assert.equal(deviceOf({ name: "tensorflow", version: "2.21", threads: 2 }), "tensorflow");
 * assert.equal(deviceOf(undefined), "");
 * ```
 */
export function deviceOf(engine: EngineFacts | undefined): string {
  const { name = "", backend = "", platform = "", device = "" } = engine ?? {};
  return [name, backend, platform, device].filter((part) => part !== "").join(" ");
}

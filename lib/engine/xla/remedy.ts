/** What to do about an error of a plugin. */

/** PJRT_Error_Code of the header: the device, or the host, has no memory left. */
const RESOURCE_EXHAUSTED = 8;

/** Beginnings of the plugins' words, and what to do; the first that fits. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /driver version is insufficient|SYSTEM_DRIVER_MISMATCH|COMPAT_NOT_SUPPORTED|UNSUPPORTED_PTX/i,
    "the driver is too old for this plugin: install a newer driver, or the plugin for CUDA 12",
  ],
  [
    /no supported devices|failed call to cuInit|NO_DEVICE|no CUDA-capable|No visible GPU/i,
    "it finds no device: see that `nvidia-smi` lists one and that CUDA_VISIBLE_DEVICES is not " +
    "empty, or leave out --engine to compute on the CPU",
  ],
  [
    /RESOURCE_EXHAUSTED|out of memory|OUT_OF_MEMORY/i,
    "the device has no memory left: end other programs on it (`nvidia-smi` lists them), or set a " +
    "smaller `evaluationBatch` or batch size",
  ],
  [
    /Unexpected PJRT_\w+ size/i,
    "its interface is newer than Basin's: take an older release of the plugin",
  ],
];

/**
 * What to do about an error, to be put behind its text; empty if nothing is known.
 *
 * @param code PJRT_Error_Code, 0 if unknown.
 *
 * @example
 * ```ts
 * import { remedyFor } from "./remedy.ts";
 * import assert from "node:assert/strict";
 *
 * assert.match(remedyFor("Out of memory allocating 12 bytes", 8), /smaller `evaluationBatch`/);
 * assert.equal(remedyFor("no such op", 3), "");
 * ```
 */
export function remedyFor(text: string, code: number): string {
  const known = REMEDIES.find(([pattern]) => pattern.test(text))?.[1];
  return known ?? (code === RESOURCE_EXHAUSTED ? remedyFor("RESOURCE_EXHAUSTED", 0) : "");
}

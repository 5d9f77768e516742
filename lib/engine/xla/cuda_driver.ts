/** Which version of CUDA the driver of this machine can run. */

/** CUDA's number of a version: 1000 times the major, 10 times the minor one. */
const MAJOR = 1000;

/**
 * The newest version of CUDA that the NVIDIA driver runs, as CUDA numbers it: 13000 for 13.0.
 *
 * @returns `undefined` if there is no driver.
 */
export function cudaDriverVersion(): number | undefined {
  let driver;
  try {
    driver = Deno.dlopen("libcuda.so.1", {
      cuDriverGetVersion: { parameters: ["buffer"], result: "i32" },
    });
  } catch {
    return undefined;
  }
  try {
    const version = new Int32Array(1);
    driver.symbols.cuDriverGetVersion(version);
    return version[0]!;
  } finally {
    driver.close();
  }
}

/**
 * Major version of CUDA whose plugin this machine's driver can run.
 *
 * @param version As {@link cudaDriverVersion} gives it.
 * @throws {RangeError} If there is no driver, or one that is too old for every plugin.
 *
 * @example
 * ```ts
 * import { cudaMajorOf } from "./cuda_driver.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(cudaMajorOf(12080), 12);
 * assert.throws(() => cudaMajorOf(11040), /runs CUDA 11\.4 at most/);
 * ```
 */
export function cudaMajorOf(version: number | undefined): 12 | 13 {
  if (version === undefined) {
    throw new RangeError(
      "Cannot use the engine cuda: this machine has no NVIDIA driver (libcuda.so.1 does not load); " +
        "install the driver, or leave out --engine to compute on the CPU",
    );
  }
  const major = Math.floor(version / MAJOR);
  if (major >= 13) return 13;
  if (major === 12) return 12;
  throw new RangeError(
    "Cannot use the engine cuda: the NVIDIA driver is too old: it runs CUDA " +
      `${major}.${(version % MAJOR) / 10} at most, and the plugins need 12.0 (driver 525) or ` +
      "later; install a newer driver",
  );
}

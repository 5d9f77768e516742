/** The GPUs of this machine, and which of them are free. */
import { readdirSync, readFileSync } from "node:fs";

/** One folder for each GPU, on Linux with NVIDIA's driver. */
const DRIVER_FOLDER = "/proc/driver/nvidia/gpus";

/** GPUs that cells take and give back. */
export interface GpuPool {
  /** Names of so many free GPUs; `undefined`, and none is taken, if fewer are free. */
  take(count: number): readonly string[] | undefined;
  give(names: readonly string[]): void;
}

/**
 * Names of GPUs as CUDA_VISIBLE_DEVICES has them.
 *
 * @param visible What the user set. CUDA reads it up to the first name that can be none.
 * @param count GPUs that the driver has.
 *
 * @example
 * ```ts
 * import { gpuNames } from "./gpus.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(gpuNames(undefined, 2), ["0", "1"]);
 * assert.deepEqual(gpuNames("3,1,-1,0", 4), ["3", "1"]);
 * ```
 */
export function gpuNames(visible: string | undefined, count: number): string[] {
  if (count === 0) return [];
  if (visible === undefined) return Array.from({ length: count }, (_, index) => String(index));
  const names = visible.split(",").map((name) => name.trim());
  const end = names.findIndex((name) => name === "" || name.startsWith("-"));
  return [...new Set(end < 0 ? names : names.slice(0, end))];
}

/** Names of the GPUs that this process may use. */
export function machineGpus(): string[] {
  return gpuNames(Deno.env.get("CUDA_VISIBLE_DEVICES"), driverGpus(DRIVER_FOLDER).length);
}

/**
 * Models of the GPUs that this process may use, such as `NVIDIA H100 80GB HBM3`.
 *
 * @param folder Where the driver describes each GPU, in a folder of its own.
 * @param visible CUDA_VISIBLE_DEVICES; where it names GPUs otherwise than by number, the first
 *   models stand for them.
 */
export function gpuModels(
  folder: string = DRIVER_FOLDER,
  visible: string | undefined = Deno.env.get("CUDA_VISIBLE_DEVICES"),
): string[] {
  const models = driverGpus(folder).map((name) => {
    try {
      const text = readFileSync(`${folder}/${name}/information`, "utf8");
      return /^Model:\s*(.+?)\s*$/m.exec(text)?.[1] ?? "NVIDIA GPU";
    } catch {
      return "NVIDIA GPU";
    }
  });
  return gpuNames(visible, models.length).map((name, i) => models[Number(name)] ?? models[i]!)
    .filter((model) => model !== undefined);
}

function driverGpus(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // no driver
  }
}

/** A pool in which all the given GPUs are free. */
export function gpuPool(names: readonly string[]): GpuPool {
  let free = [...names];
  return {
    take: (count) => count > free.length ? undefined : free.splice(0, count),
    // In their own order again, whichever cell ended first: an order is part of what a stage sees.
    give: (given) => void (free = names.filter((name) => [...free, ...given].includes(name))),
  };
}

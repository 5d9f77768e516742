/** What is taken out of the wheels of the CUDA plugin, and where to. */
import { unzip } from "./unzip.ts";

/** Headers, static libraries, device code to be linked, and second copies of the same library. */
const UNNEEDED = /\/include\/|\.(?:a|py|pyi|bc|ltoir|h|cmake|pc)$|\.alt\.so/;

/** XLA calls these; the compiler nvcc itself has no use here. */
const PROGRAM = /\/bin\/(?:ptxas|nvlink|fatbinary)$/;

/**
 * Path of a wheel's member in the folder of the plugin, which is laid out as Python's packages are
 * (the plugin finds NVIDIA's libraries by their place beside it); `undefined` if it is not needed.
 *
 * @example
 * ```ts
 * import { placeInFolder } from "./cuda_wheel.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(placeInFolder("nvidia/cu13/include/cuda.h"), undefined);
 * assert.equal(placeInFolder("nvidia/cu13/lib/libcublas.so.13"), "nvidia/cu13/lib/libcublas.so.13");
 * ```
 */
export function placeInFolder(member: string): string | undefined {
  if (/(?:^|\/)\.\.(?:\/|$)/.test(member)) return undefined;
  if (/\.dist-info\/(?:METADATA|.*licen[cs]e.*)$/i.test(member)) return member;
  if (!/^(?:nvidia|jax_plugins)\//.test(member)) return undefined;
  if (member.endsWith("/libdevice.10.bc")) return member;
  if (UNNEEDED.test(member) || (member.includes("/bin/") && !PROGRAM.test(member))) {
    return undefined;
  }
  return member;
}

/**
 * Unpacks a wheel.
 *
 * @returns Paths in the folder of the libraries and programs, without which the plugin does not work.
 */
export async function unpackCudaWheel(wheel: string, folder: string): Promise<string[]> {
  const needed: string[] = [];
  await unzip(wheel, (member) => {
    const place = placeInFolder(member);
    if (place === undefined || member.endsWith("/")) return undefined;
    if (PROGRAM.test(place) || /\.so(?:\.|$)|\.bc$/.test(place)) needed.push(place);
    return `${folder}/${place}`;
  });
  for (const place of needed) {
    if (PROGRAM.test(place)) await Deno.chmod(`${folder}/${place}`, 0o755);
  }
  return needed;
}

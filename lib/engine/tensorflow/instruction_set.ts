import { readCpuInfo } from "./cpu_info.ts";

/** Levels of x86-64 that TensorFlow's kernels are chosen by, the best first, with their CPU flag. */
const LEVELS = [
  ["avx512-vnni", "avx512_vnni"],
  ["avx512", "avx512f"],
  ["avx2", "avx2"],
  ["avx", "avx"],
] as const;

/**
 * The instruction set by which TensorFlow and oneDNN choose their kernels: another one sums in
 * another order, and rounds otherwise.
 *
 * @param cpuInfo Text of `/proc/cpuinfo`; elsewhere the architecture's name has to do.
 * @param limit oneDNN's own limit, which the user may have set.
 *
 * @example
 * ```ts
 * import { instructionSet } from "./instruction_set.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(instructionSet("flags : fpu sse2 avx avx2 avx512f", ""), "avx512");
 * ```
 */
export function instructionSet(
  cpuInfo: string | undefined = readCpuInfo(),
  limit: string | undefined = Deno.env.get("ONEDNN_MAX_CPU_ISA"),
): string {
  const flags = /^flags\s*:(.*)$/m.exec(cpuInfo ?? "")?.[1]?.split(" ") ?? [];
  const level = LEVELS.find(([, flag]) => flags.includes(flag));
  const name = level?.[0] ?? Deno.build.arch;
  return limit ? `${name}, at most ${limit}` : name;
}

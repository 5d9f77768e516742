import { cpus } from "node:os";

/** What Linux says of the processor, or `undefined` elsewhere, and where it may not be read. */
export function readCpuInfo(): string | undefined {
  try {
    return Deno.readTextFileSync("/proc/cpuinfo");
  } catch {
    return undefined;
  }
}

/** Fields of `/proc/cpuinfo` that tell one kind of processor from another, on x86 and on ARM. */
const FIELDS = [
  "vendor_id",
  "cpu family",
  "model",
  "stepping",
  "model name",
  "CPU implementer",
  "CPU variant",
  "CPU part",
];

/**
 * The kind of processor, as one line: machines of one kind have the same.
 *
 * The name alone, which is all that other systems tell, would not do here: virtual machines call
 * several generations `AMD EPYC`.
 *
 * @example
 * ```ts
 * import { processorKind } from "./cpu_info.ts";
 * import assert from "node:assert/strict";
 *
 * const info = "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 26\nmodel\t\t: 2\n";
 * assert.equal(processorKind(info), "vendor_id AuthenticAMD, cpu family 26, model 2");
 * ```
 */
export function processorKind(cpuInfo: string | undefined = readCpuInfo()): string {
  const said = FIELDS.flatMap((field) => {
    const value = new RegExp(`^${field}\\s*:\\s*(.*)$`, "m").exec(cpuInfo ?? "")?.[1]?.trim();
    return value ? [`${field} ${value}`] : [];
  });
  return said.length > 0 ? said.join(", ") : cpus()[0]?.model ?? Deno.build.arch;
}

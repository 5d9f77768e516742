/** Which kernels compute on this machine: by a variable of the user's own, by choice, or by default. */
import { cacheFolder } from "../setup/cache_folder.ts";
import { type Surroundings, THIS_MACHINE } from "../setup/location.ts";
import { processorKind, readCpuInfo } from "./cpu_info.ts";
import { instructionSet } from "./instruction_set.ts";
import {
  DEFAULTS,
  KERNEL_VARIABLES,
  type KernelVariables,
  requestedTuning,
  type Tuning,
} from "./tuning.ts";
import { type FoundRecord, readTuningRecord, tuningRecordText } from "./tuning_record.ts";

/** What decides the kernels, and where it comes from. */
export interface KernelSettings {
  /** All that is to be set before the library loads. */
  readonly variables: KernelVariables;
  /** What of them the user has set. */
  readonly own: KernelVariables;
  /** The choice by name. */
  readonly tuning: Tuning;
  /** Whether `BASIN_TUNING` asks for it; else it is the record's. */
  readonly isRequested: boolean;
  readonly record: FoundRecord;
}

/**
 * oneDNN computes on every processor: without this variable TensorFlow decides by the processor's
 * instructions, which would be off where there are none for neural networks (VNNI, AMX and the like).
 */
const ALWAYS: KernelVariables = { TF_ENABLE_ONEDNN_OPTS: "1" };

/** Facts of an engine's description that the kernels decide. */
export interface KernelFacts {
  readonly instructions: string;
  /** What differs from the defaults besides a limit of the instructions; absent where nothing does. */
  readonly settings?: string;
}

/**
 * Finds what decides the kernels. A variable that the user has set wins over `BASIN_TUNING`, and
 * that over what was measured.
 *
 * @param engine Digest of the installed engine, whose record counts.
 * @param processor As `processorKind()` tells it.
 * @throws {RangeError} If `BASIN_TUNING` names no choice.
 */
export function kernelSettings(
  engine: string,
  { env }: Pick<Surroundings, "env"> = THIS_MACHINE,
  processor = processorKind(),
): KernelSettings {
  const requested = requestedTuning(env);
  const cache = cacheFolder(env);
  const record: FoundRecord = requested || cache === undefined
    ? { kind: "none" }
    : readTuningRecord(cache, { processor, engine });
  const tuning = requested ?? (record.kind === "found" ? record.tuning : DEFAULTS);
  const own = Object.fromEntries(
    KERNEL_VARIABLES.map((name) => [name, env(name)] as const).filter(([, value]) => value),
  );
  return {
    variables: { ...ALWAYS, ...tuning.variables, ...own },
    own,
    tuning,
    isRequested: requested !== undefined,
    record,
  };
}

/**
 * What of the kernels changes bits, for the engine's description, and so for keys.
 *
 * @example The defaults add nothing
 * ```ts
 * import { kernelFacts } from "./kernel_settings.ts";
 * import assert from "node:assert/strict";
 *
 * const flags = "flags : sse2 avx avx2 avx512f";
 * assert.deepEqual(kernelFacts({ TF_ENABLE_ONEDNN_OPTS: "1" }, flags), { instructions: "avx512" });
 * assert.deepEqual(
 *   kernelFacts({ ONEDNN_MAX_CPU_ISA: "AVX2", ONEDNN_CPU_ISA_HINTS: "PREFER_YMM" }, flags),
 *   { instructions: "avx512, at most AVX2", settings: "ONEDNN_CPU_ISA_HINTS=PREFER_YMM" },
 * );
 * ```
 */
export function kernelFacts(
  { ONEDNN_MAX_CPU_ISA: limit = "", ONEDNN_CPU_ISA_HINTS: hints, TF_ENABLE_ONEDNN_OPTS: oneDnn }:
    KernelVariables,
  cpuInfo: string | undefined = readCpuInfo(),
): KernelFacts {
  const settings = [
    ...(hints === undefined || /^no_hints$/i.test(hints) ? [] : [`ONEDNN_CPU_ISA_HINTS=${hints}`]),
    ...(oneDnn === undefined || /^(1|true)$/i.test(oneDnn)
      ? []
      : [`TF_ENABLE_ONEDNN_OPTS=${oneDnn}`]),
  ];
  return {
    instructions: instructionSet(cpuInfo, limit),
    ...(settings.length > 0 && { settings: settings.join(" ") }),
  };
}

/** In words: what computes, and who chose it. */
export function kernelSettingsText({ own, tuning, isRequested, record }: KernelSettings): string {
  const set = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  if (set.length > 0) return `kernels: as ${set.join(" ")} says`;
  if (isRequested) return `kernels: ${tuning.what}, as BASIN_TUNING=${tuning.name} says`;
  if (record.kind === "found") return `kernels: ${tuningRecordText(record.record)}`;
  return "kernels: the defaults; `deno task setup --tune` looks for faster ones";
}

/** One line if a record cannot be used, else nothing. */
export function kernelSettingsNote({ record }: KernelSettings): string {
  return record.kind === "damaged"
    ? `cannot read ${record.path}, so the kernels are the defaults; \`deno task setup --tune\` ` +
      "measures again, or delete it"
    : "";
}

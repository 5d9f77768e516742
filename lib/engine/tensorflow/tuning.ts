/** Choices of kernels that may be faster than TensorFlow's own on one kind of processor. */

/**
 * Variables that decide which kernels compute, and with them the rounding. TensorFlow and oneDNN
 * read them once, when they load.
 */
export const KERNEL_VARIABLES = [
  "ONEDNN_MAX_CPU_ISA",
  "ONEDNN_CPU_ISA_HINTS",
  "TF_ENABLE_ONEDNN_OPTS",
] as const;

/** Values of {@link KERNEL_VARIABLES}; one that is left out is not set. */
export type KernelVariables = Readonly<Partial<Record<typeof KERNEL_VARIABLES[number], string>>>;

/** A choice of kernels under a name. */
export interface Tuning {
  /** As `BASIN_TUNING` has it. */
  readonly name: string;
  /** In words, for a table or a sentence. */
  readonly what: string;
  /** What differs from the defaults. */
  readonly variables: KernelVariables;
  /** Whether it differs from the defaults at all on a processor with these instructions. */
  readonly differs: (instructions: string) => boolean;
}

/** TensorFlow's own choice. */
export const DEFAULTS: Tuning = {
  name: "off",
  what: "the defaults",
  variables: {},
  differs: () => false,
};

const hasAvx512 = (instructions: string) => instructions.startsWith("avx512");

/** What a measurement compares with the defaults, in this order. */
export const TUNINGS: readonly Tuning[] = [
  {
    name: "ymm",
    what: "256-bit vectors",
    variables: { ONEDNN_CPU_ISA_HINTS: "PREFER_YMM" },
    differs: hasAvx512,
  },
  {
    name: "avx2",
    what: "AVX2 at most",
    variables: { ONEDNN_MAX_CPU_ISA: "AVX2" },
    differs: hasAvx512,
  },
  {
    name: "eigen",
    what: "Eigen's kernels, not oneDNN's",
    variables: { TF_ENABLE_ONEDNN_OPTS: "0" },
    differs: () => true,
  },
];

/** The choice of a name, or `undefined` if there is none. */
export function tuningOf(name: string): Tuning | undefined {
  return [DEFAULTS, ...TUNINGS].find((tuning) => tuning.name === name);
}

/**
 * The choice that `BASIN_TUNING` asks for, or `undefined` if it is not set.
 *
 * @throws {RangeError} If it names no choice.
 *
 * @example
 * ```ts
 * import { requestedTuning } from "./tuning.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(requestedTuning(() => "ymm")?.what, "256-bit vectors");
 * assert.equal(requestedTuning(() => undefined), undefined);
 * ```
 */
export function requestedTuning(
  env: (name: string) => string | undefined,
): Tuning | undefined {
  const name = env("BASIN_TUNING");
  if (name === undefined || name === "") return undefined;
  const tuning = tuningOf(name);
  if (tuning) return tuning;
  const names = [DEFAULTS, ...TUNINGS].map(({ name }) => name);
  throw new RangeError(
    `Cannot choose kernels by BASIN_TUNING=${name}; set it to ${
      names.slice(0, -1).join(", ")
    } or ` +
      `${names.at(-1)}, or unset it`,
  );
}

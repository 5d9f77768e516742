/** What of the environment reaches a stage. */

/**
 * Variables that say where things lie or what the machine has: the engine's, its libraries', those
 * of downloads. No number depends on them, or only one that the key has.
 */
const PASSED = [
  "HOME",
  "PATH",
  "USERPROFILE",
  "LOCALAPPDATA",
  "SystemRoot",
  "XDG_CACHE_HOME",
  "DENO_DIR",
  "DENO_CERT",
  "DENO_TLS_CA_STORE",
  "SSL_CERT_FILE",
  "TMPDIR",
  "LD_LIBRARY_PATH",
  "DYLD_LIBRARY_PATH",
  "ONEDNN_MAX_CPU_ISA",
  "ONEDNN_CPU_ISA_HINTS",
  "TF_ENABLE_ONEDNN_OPTS",
  "TF_NUM_INTEROP_THREADS",
  "XLA_FLAGS",
  "CUDA_VISIBLE_DEVICES",
  "HIP_VISIBLE_DEVICES",
  "ROCR_VISIBLE_DEVICES",
  "TPU_VISIBLE_CHIPS",
] as const;

/** Beginnings of names that are passed on: Basin's own settings, and the device drivers'. */
const PREFIXES = ["BASIN_", "NVIDIA_", "TPU_"] as const;

/** Of downloads alone, for they may hold a password. */
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] as const;

/** Language and time zone, by which a stage's texts could differ from machine to machine. */
const FIXED = { TZ: "UTC", LANG: "C.UTF-8", LC_ALL: "C.UTF-8" } as const;

/** What a stage declares of what it reads from outside. */
export interface DeclaredSurroundings {
  /** Names of variables, from `allow: { env: […] }`. */
  readonly env: readonly string[];
  /** Whether it may use the network. */
  readonly usesNetwork: boolean;
}

/**
 * The environment of a worker: what finds the engine and the caches, a fixed language and time zone,
 * and what the stage declares. Secrets and whims of the user's shell stay outside.
 *
 * @example
 * ```ts
 * import { workerEnvironment } from "./worker_environment.ts";
 * import assert from "node:assert/strict";
 *
 * const own = { HOME: "/home/ada", TOKEN: "secret", TZ: "Asia/Tokyo", STATION: "7" };
 * assert.deepEqual(workerEnvironment(own, { env: ["STATION"], usesNetwork: false }), {
 *   TZ: "UTC",
 *   LANG: "C.UTF-8",
 *   LC_ALL: "C.UTF-8",
 *   HOME: "/home/ada",
 *   STATION: "7",
 * });
 * ```
 *
 * @param own The environment of the driver.
 */
export function workerEnvironment(
  own: Readonly<Record<string, string>>,
  { env, usesNetwork }: DeclaredSurroundings,
): Record<string, string> {
  const proxies = usesNetwork ? PROXIES.flatMap((name) => [name, name.toLowerCase()]) : [];
  const names = new Set<string>([...PASSED, ...proxies, ...env]);
  const passed = Object.entries(own).filter(([name]) =>
    names.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix))
  );
  return { ...FIXED, ...Object.fromEntries(passed) };
}

/** The declared variables with their values, for the key; `null` where one is not set. */
export function declaredEnvironment(
  own: (name: string) => string | undefined,
  names: readonly string[],
): Record<string, string | null> {
  return Object.fromEntries([...names].sort().map((name) => [name, own(name) ?? null]));
}

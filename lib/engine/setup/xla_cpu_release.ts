/** The pinned CPU build of XLA's plugin, on which the XLA engine is tested. */
import { locateRelease } from "./location.ts";
import { cacheFolder } from "./cache_folder.ts";
import type { Release } from "./release.ts";

/** Version of JAX whose XLA the plugin is built from. */
export const XLA_CPU_VERSION = "0.11.2";

/** The pinned wheel: Apache 2.0, with the plugin's library and no Python code that is run. */
export const XLA_CPU_WHEEL = {
  project: "lammps-jax-pjrt-cpu",
  platform: "linux-x86_64",
  platformTag: "manylinux_2_27_x86_64",
  sha256: "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
  bytes: 62_711_338,
  tested: true,
} as const;

/** The plugin's library within the wheel. */
export const XLA_CPU_LIBRARY = "pjrt_c_api_cpu_plugin.so";

/** Where the plugin lies in the cache folder. */
export const XLA_CPU_RELEASE: Release = {
  origin: "wheel",
  digest: XLA_CPU_WHEEL.sha256,
  folder: `xla-cpu-${XLA_CPU_VERSION}-${XLA_CPU_WHEEL.sha256.slice(0, 12)}`,
};

/** Path of the installed plugin, or `undefined` if `deno task setup --engine xla-cpu` has not run. */
export function locateXlaCpu(
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): string | undefined {
  const cache = cacheFolder(env);
  return cache === undefined ? undefined : locateRelease(cache, XLA_CPU_RELEASE)?.addonPath;
}

/** Where an installed native engine lies. */
import { cacheFolder } from "./cache_folder.ts";
import { readReadyRecord, READY_FILE } from "./ready_record.ts";
import { installerRelease, type Release, wheelRelease } from "./release.ts";

/** A native engine that is installed and passed its self-test. */
export interface NativeEngine {
  /** Absolute path of the N-API addon; load it with `createRequire(import.meta.url)(addonPath)`. */
  readonly addonPath: string;
  /** Version of the TensorFlow library, for instance `2.21.0`. */
  readonly libraryVersion: string;
  /** SHA-256 that names the installed release in hex; equal on machines with equal releases. */
  readonly digest: string;
}

/** What {@link locateNative} asks of the machine; tests pass their own. */
export interface Surroundings {
  readonly env: (name: string) => string | undefined;
  /** `${os}-${arch}` as in `Deno.build`. */
  readonly platform: string;
}

/** The machine that this process runs on. */
export const THIS_MACHINE: Surroundings = {
  env: (name) => Deno.env.get(name),
  // Asked for when it is needed: what needs no engine runs in Node.js too.
  get platform() {
    return `${Deno.build.os}-${Deno.build.arch}`;
  },
};

/**
 * Finds the installed native engine, or `undefined` if set-up has still to run.
 *
 * Synchronous and quick: it reads one small file and the sizes of the three that matter, so a
 * library that was deleted or cut short counts as not installed. Whether the user asked for the
 * portable engine is not its business (see `requestedEngine()` in `choice.ts`).
 *
 * @example
 * ```ts
 * import { locateNative } from "./location.ts";
 * import assert from "node:assert/strict";
 *
 * const emptyCache = { env: () => "/nowhere", platform: "linux-x86_64" };
 * assert.equal(locateNative(emptyCache), undefined);
 * ```
 */
export function locateNative(surroundings: Surroundings = THIS_MACHINE): NativeEngine | undefined {
  const cache = cacheFolder(surroundings.env);
  if (cache === undefined) return undefined;
  const releases = [wheelRelease(surroundings.platform), installerRelease(surroundings.platform)];
  for (const release of releases) {
    const engine = release && locateRelease(cache, release);
    if (engine) return engine;
  }
  return undefined;
}

/** Finds one release below the cache folder `cache`, whole and self-tested, or `undefined`. */
export function locateRelease(cache: string, release: Release): NativeEngine | undefined {
  const folder = `${cache}/${release.folder}`;
  const record = readReadyRecord(`${folder}/${READY_FILE}`);
  if (record === undefined || record.digest !== release.digest) return undefined;
  for (const [name, bytes] of Object.entries(record.files)) {
    if (sizeOf(`${folder}/${name}`) !== bytes) return undefined;
  }
  const { libraryVersion, digest } = record;
  return { addonPath: `${folder}/${record.addon}`, libraryVersion, digest };
}

function sizeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).size;
  } catch {
    return undefined; // Missing or unreadable is the same to us: it must be installed again.
  }
}

/** Installs the compute engine: pinned wheel, else tfjs-node's installer, else the portable one. */
import { loggedSystem } from "./attempt.ts";
import { cacheFolder } from "./cache_folder.ts";
import { NO_CACHE_FOLDER } from "./required_cache_folder.ts";
import { backendOf, type EngineChoice, requestedEngine } from "./choice.ts";
import { failureOf, type Reason } from "./failure.ts";
import { installFromInstaller } from "./from_installer.ts";
import { installFromWheel } from "./from_wheel.ts";
import { locateNative, type NativeEngine } from "./location.ts";
import { forgetPortable, readPortableRecord, writePortableRecord } from "./portable_record.ts";
import { wheelRelease } from "./release.ts";
import { type SetupProgress, SILENT } from "./progress.ts";
import { freshStaging, removeTree, withCacheLock } from "./staging.ts";
import { type System, THIS_SYSTEM } from "./system.ts";

/** The engine that is there after set-up: the native one, or the reasons why it is not. */
export type Installation =
  | ({ readonly kind: "tensorflow" } & NativeEngine)
  | { readonly kind: "portable"; readonly reasons: readonly Reason[] };

/** How to install. */
export interface InstallOptions {
  /** The engine to install; by default what `BASIN_ENGINE` asks for, else the best to be had. */
  readonly engine?: EngineChoice | undefined;
  /** Tries again although a failure is on record. */
  readonly retry?: boolean;
  /** Shows progress; silent by default. */
  readonly progress?: SetupProgress;
  /** The machine; tests pass their own. */
  readonly system?: System;
}

const WAYS = [installFromWheel, installFromInstaller];

/**
 * Makes sure that a compute engine is installed, and says which.
 *
 * Once the native engine is there this reads one file. It never rejects because an engine cannot
 * be had: the portable one always can, and the reasons come with it. Safe to kill at any moment
 * and to run several times at once.
 *
 * @throws {RangeError} If `BASIN_ENGINE` is set to an unknown name.
 */
export async function installEngine(
  { engine, retry = false, progress = SILENT, system = THIS_SYSTEM }: InstallOptions = {},
): Promise<Installation> {
  const wanted = engine ?? requestedEngine(system.env);
  if (backendOf(wanted)) return { kind: "portable", reasons: [ASKED_FOR] };
  const cache = cacheFolder(system.env);
  if (cache === undefined) return { kind: "portable", reasons: [NO_CACHE_FOLDER] };
  // Asking for the native engine by name is asking to try.
  const known = () => present(system, cache, { retry, wanted });
  const installed = known();
  if (installed) return installed;
  try {
    return await withCacheLock(
      cache,
      () => progress.note("another set-up is running; waiting for it"),
      async () => known() ?? await tryWays(system, progress, cache),
    );
  } catch (error) {
    // The cache folder cannot be written: nothing can be installed, nor remembered.
    const native = locateNative(system);
    if (native) return { kind: "tensorflow", ...native };
    return { kind: "portable", reasons: [failureOf("use the cache folder", error, cache).reason] };
  }
}

const ASKED_FOR: Reason = {
  step: "install TensorFlow",
  why: "the portable engine was asked for",
  mend: "unset BASIN_ENGINE, or ask for no --engine, for the fast one",
};

/** What is installed or on record, or `undefined` if set-up has work to do. */
function present(
  system: System,
  cache: string,
  { retry, wanted }: { readonly retry: boolean; readonly wanted: EngineChoice | undefined },
): Installation | undefined {
  const native = locateNative(system);
  // A retry also replaces the installer's older library by the pinned wheel's, if it can.
  if (native && !(retry && native.digest !== wheelRelease(system.platform)?.digest)) {
    return { kind: "tensorflow", ...native };
  }
  const reasons = retry || wanted === "tensorflow" ? undefined : readPortableRecord(system, cache);
  return reasons && { kind: "portable", reasons };
}

async function tryWays(
  system: System,
  progress: SetupProgress,
  cache: string,
): Promise<Installation> {
  const log = `${cache}/setup.log`;
  await Deno.writeTextFile(log, "");
  const logged = loggedSystem(system, log);
  const reasons: Reason[] = [];
  for (const install of WAYS) {
    const staging = await freshStaging(cache);
    try {
      await install({ system: logged, progress, cache, staging });
    } catch (error) {
      reasons.push({ ...failureOf("install TensorFlow", error, cache).reason, log });
    } finally {
      await removeTree(staging);
    }
    const native = locateNative(system);
    if (native) {
      await forgetPortable(cache);
      return { kind: "tensorflow", ...native };
    }
  }
  await writePortableRecord(system, cache, reasons).catch(() => {});
  return { kind: "portable", reasons };
}

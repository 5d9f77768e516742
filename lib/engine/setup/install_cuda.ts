import { statfsSync } from "node:fs";
import { type Attempt, loggedSystem, step } from "./attempt.ts";
import { requiredCacheFolder } from "./required_cache_folder.ts";
import {
  CUDA_PLATFORM,
  type CudaRelease,
  type PinnedWheel,
  XLA_CUDA_VERSION,
} from "./cuda_release.ts";
import { unpackCudaWheel } from "./cuda_wheel.ts";
import { SetupFailure } from "./failure.ts";
import { locateRelease } from "./location.ts";
import { fetchWheel } from "./pip_wheel.ts";
import { type SetupProgress, SILENT } from "./progress.ts";
import { freshStaging, publish, removeTree, withCacheLock } from "./staging.ts";
import { type System, THIS_SYSTEM } from "./system.ts";
import { findPip, verifyWheel } from "./wheel.ts";

/** Tags of the pinned wheels; pip takes a wheel for a tag that it is told alone. */
const PLATFORM_TAGS = ["_2_27", "_2_25", "_2_17", "2014", "_2_12", "2010"]
  .map((version) => `manylinux${version}_x86_64`);

/** Small files, and what else is written meanwhile. */
const MARGIN = 200e6;

/** How to install. */
export interface CudaInstallOptions {
  readonly progress?: SetupProgress;
  readonly system?: System;
  /** Bytes that are free in a folder. */
  readonly freeBytes?: (folder: string) => number;
}

/**
 * Makes sure that a pinned CUDA plugin and NVIDIA's libraries are in the cache folder.
 *
 * One wheel after the other is fetched, verified, unpacked and removed. A set-up that was killed, or
 * lost the network, goes on at the first wheel that is missing.
 *
 * @returns Path of the plugin.
 * @throws {SetupFailure} If it cannot be had.
 */
export async function installCuda(
  release: CudaRelease,
  { progress = SILENT, system = THIS_SYSTEM, freeBytes = freeBytesOf }: CudaInstallOptions = {},
): Promise<string> {
  const cache = requiredCacheFolder(system.env);
  const known = () => locateRelease(cache, release.release)?.addonPath;
  const installed = known();
  if (installed !== undefined) return installed;
  return await withCacheLock(
    cache,
    () => progress.note("another set-up is running; waiting for it"),
    async () => {
      if (known() === undefined) {
        const staging = await freshStaging(cache);
        const logged = loggedSystem(system, `${cache}/setup.log`);
        try {
          await install(release, { system: logged, progress, cache, staging }, freeBytes);
        } finally {
          await removeTree(staging);
        }
      }
      return known()!;
    },
  );
}

/** Files of a wheel that is unpacked already, by the SHA-256 of the wheel. */
type Unpacked = Record<string, string[]>;

async function install(
  { wheels, plugin, unpacked: total, release }: CudaRelease,
  attempt: Attempt,
  freeBytes: (folder: string) => number,
): Promise<void> {
  const { system, progress, cache, staging } = attempt;
  if (system.platform !== CUDA_PLATFORM) {
    throw new SetupFailure({
      step: "choose XLA's CUDA plugin",
      why: `none is pinned for ${system.platform}`,
      mend: '`pip install "jax[cuda13]"`: Basin takes the plugin of a JAX that python3 has',
    });
  }
  const pip = await findPip(system);
  // Not below `staging`, which is removed: what was unpacked before stays.
  const partial = `${cache}/partial-${release.folder}`;
  const state = `${partial}.json`;
  const done = await readUnpacked(state);
  const wheelBytes = (wheel: PinnedWheel) => wheel.bytes;
  const left = wheels.filter(({ sha256 }) => done[sha256] === undefined);
  const share = sum(left.map(wheelBytes)) / sum(wheels.map(wheelBytes));
  await Deno.mkdir(partial, { recursive: true });
  checkRoom(cache, share * total + Math.max(0, ...left.map(wheelBytes)) + MARGIN, freeBytes);
  if (left.length < wheels.length) {
    progress.note(`${wheels.length - left.length} of ${wheels.length} wheels are unpacked already`);
  }
  for (const wheel of left) {
    const { project, version, bytes, sha256 } = wheel;
    const number = `${wheels.indexOf(wheel) + 1} of ${wheels.length}`;
    const megabytes = Math.max(1, Math.round(bytes / 1e6));
    const title = `${number}: ${project} ${version} (${megabytes} MB)`;
    done[sha256] = await step(attempt, `fetch, verify and unpack ${title}`, async () => {
      const folder = `${staging}/${project}`;
      const path = await fetchWheel(
        system,
        pip,
        { project, version, platformTags: PLATFORM_TAGS },
        { folder, cache, retry: "deno task setup --engine cuda" },
      );
      await verifyWheel(path, wheel);
      const files = await unpackCudaWheel(path, partial);
      await removeTree(folder);
      return files;
    });
    await writeAside(state, JSON.stringify(done));
  }
  const files = Object.values(done).flat();
  if (!files.includes(plugin)) {
    throw new SetupFailure({
      step: "unpack the plugin",
      why: `${plugin} is not in the wheels`,
      mend: "report it: a pinned wheel changed its layout",
    });
  }
  await publish({
    cache,
    staging,
    staged: partial,
    release,
    libraryVersion: XLA_CUDA_VERSION,
    addon: plugin,
    files,
  });
  await Deno.remove(state);
}

function checkRoom(cache: string, needed: number, freeBytes: (folder: string) => number): void {
  const free = freeBytes(cache);
  if (free >= needed) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new SetupFailure({
    step: "install XLA's CUDA plugin",
    why: `it needs ${gigabytes(needed)} in ${cache}, and ${gigabytes(free)} are free`,
    mend: "free some, or set BASIN_CACHE to a folder with room",
  });
}

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** What is on record; a record that cannot be read counts as none. */
async function readUnpacked(path: string): Promise<Unpacked> {
  try {
    return JSON.parse(await Deno.readTextFile(path)) as Unpacked;
  } catch {
    return {};
  }
}

async function writeAside(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text);
  await Deno.rename(`${path}.new`, path);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

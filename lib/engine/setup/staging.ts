/** Building aside and renaming into place, so that no engine is ever half-installed. */
import { READY_FILE, type ReadyRecord } from "./ready_record.ts";
import type { Release } from "./release.ts";

const PREFIX = "staging-";

/**
 * Runs `act` while holding the cache's lock, so that two set-ups at once wait for each other.
 *
 * The kernel drops the lock with its process, however that ends.
 *
 * @param onWait Called if another set-up holds the lock, before waiting for it.
 */
export async function withCacheLock<Result>(
  cache: string,
  onWait: () => void,
  act: () => Promise<Result>,
): Promise<Result> {
  await Deno.mkdir(cache, { recursive: true });
  using lock = await Deno.open(`${cache}/setup.lock`, { create: true, write: true });
  if (!(await lock.tryLock(true))) {
    onWait();
    await lock.lock(true);
  }
  return await act();
}

/**
 * Makes an empty staging folder below `cache`, and removes those that killed set-ups left behind.
 *
 * Only for a holder of the lock: every other staging folder is then a leftover. One that cannot be
 * removed (a child of the killed set-up may still write to it) is left to the next sweep.
 */
export async function freshStaging(cache: string): Promise<string> {
  for await (const entry of Deno.readDir(cache)) {
    if (entry.name.startsWith(PREFIX)) await removeTree(`${cache}/${entry.name}`);
  }
  return await Deno.makeTempDir({ dir: cache, prefix: PREFIX });
}

/** Removes a folder with all that is in it, as far as that is possible. */
export async function removeTree(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
}

/**
 * Publishes a staged engine: writes its READY.json and renames its folder into the cache.
 *
 * A damaged engine at that place is moved into the staging area first, so that the name never
 * shows a mixture of both.
 *
 * @param staged Folder of the engine, below `staging`.
 * @param files Paths, relative to `staged`, of the files without which the engine does not work.
 */
export async function publish(
  { cache, staging, staged, release, libraryVersion, addon, files }: {
    readonly cache: string;
    readonly staging: string;
    readonly staged: string;
    readonly release: Release;
    readonly libraryVersion: string;
    readonly addon: string;
    readonly files: readonly string[];
  },
): Promise<void> {
  const sizes: Record<string, number> = {};
  for (const name of files) sizes[name] = (await Deno.stat(`${staged}/${name}`)).size;
  const record: ReadyRecord = { digest: release.digest, libraryVersion, addon, files: sizes };
  await Deno.writeTextFile(`${staged}/${READY_FILE}`, JSON.stringify(record, null, 2) + "\n");
  const place = `${cache}/${release.folder}`;
  await Deno.rename(place, `${staging}/replaced`).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.rename(staged, place);
}

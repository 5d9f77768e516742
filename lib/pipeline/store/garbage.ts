/** What in a store nobody needs any more, and how to be rid of it. */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Layout } from "./layout.ts";
import { holderOf } from "./lock.ts";
import { listFiles, objectPath, objectsOf } from "./objects.ts";
import { readRecord } from "./record.ts";

const DAY = 24 * 3600 * 1000;

/** What {@link findGarbage} found; paths are absolute. */
export interface Garbage {
  /** Records of results that no root names; removed first. */
  readonly records: readonly string[];
  /** Objects that only such results name, or none. */
  readonly objects: readonly string[];
  /** Folders of attempts at such results. */
  readonly attempts: readonly string[];
  /** Folders of checkpoints that nobody will go on from. */
  readonly checkpoints: readonly string[];
  /** Damaged things, and journals of old runs. */
  readonly leftovers: readonly string[];
  readonly bytes: number;
}

/** What stays. */
export interface Roots {
  /** Results that somebody needs. */
  readonly keys: ReadonlySet<string>;
  /**
   * Keys that are to be computed: their checkpoints stay, and so does a result that a run has made
   * since the roots were gathered.
   */
  readonly pending: ReadonlySet<string>;
  /** When gathering the roots began; milliseconds since 1970. */
  readonly now: number;
  /** Whatever is younger stays: a run may be about to use it. Milliseconds. */
  readonly keep: number;
}

/**
 * Finds what no root needs.
 *
 * Safe beside a run: what a worker computes is locked, objects that came since then stay, for the
 * record that is to name them may not be there yet, and what is pending stays once it is made. If a run
 * reaches for an old result in the very moment at which it is removed, the run finds it missing and
 * makes it again.
 */
export function findGarbage(layout: Layout, { keys, pending, now, keep }: Roots): Garbage {
  const isOld = (path: string, age = keep) => (changedAt(path) ?? Infinity) < now - age;
  const isLocked = (key: string) => holderOf(layout.lock(key)) !== undefined;
  // Before the records are read: a worker that ends meanwhile has named its objects by then.
  const locked = namesIn(layout.locks).map((name) => basename(name, ".lock")).filter(isLocked);
  const oldestLock = Math.min(...locked.map((key) => changedAt(layout.lock(key)) ?? 0));
  const isNeeded = (key: string) => keys.has(key) || pending.has(key);
  const records: string[] = [];
  const needed = new Set<string>();
  const keptAttempts = new Set([...keys].map((key) => layout.attempts(key)));
  for (const path of filesBelow(layout, "keys")) {
    const key = basename(path, ".json");
    if (!isNeeded(key) && !isLocked(key) && isOld(path)) {
      records.push(path);
      continue;
    }
    keptAttempts.add(layout.attempts(key));
    const record = readRecord(layout, key);
    if (!record || record === "damaged") continue;
    for (const { digest } of Object.values(record.outputs)) {
      for (const object of objectsOf(layout, digest)) needed.add(objectPath(layout, object));
    }
  }
  for (const key of locked) keptAttempts.add(layout.attempts(key));
  const attempts = namesIn(join(layout.root, "attempts"))
    .map((name) => join(layout.root, "attempts", name))
    .filter((folder) =>
      !keptAttempts.has(folder) && namesIn(folder).every((name) => isOld(join(folder, name)))
    );
  const checkpoints = namesIn(layout.allCheckpoints)
    .filter((key) => !pending.has(key) && !isLocked(key))
    .map((key) => layout.checkpoints(key))
    // A folder changes with every checkpoint that comes into it.
    .filter((folder) => isOld(folder));
  const objects = [...filesBelow(layout, "store/blobs"), ...filesBelow(layout, "store/trees")]
    .filter((path) => !needed.has(path) && isOld(path) && (changedAt(path) ?? 0) < oldestLock);
  const leftovers = [
    ...filesBelow(layout, "store/quarantine").filter((path) => isOld(path)),
    // A run may be silent for long, and goes on to write its journal then.
    ...filesBelow(layout, "runs").filter((path) => isOld(path, Math.max(keep, DAY))),
  ];
  const inFolders = [...attempts, ...checkpoints].flatMap((folder) =>
    listFiles(folder).map((name) => join(folder, name))
  );
  const bytes = [...records, ...objects, ...leftovers, ...inFolders]
    .reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  return { records, objects, attempts, checkpoints, leftovers, bytes };
}

/** Removes garbage: records before what they name, so that none ever names what is gone. */
export function removeGarbage(garbage: Garbage): void {
  const { records, objects, attempts, checkpoints, leftovers } = garbage;
  for (const path of [...records, ...objects, ...leftovers, ...attempts, ...checkpoints]) {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Milliseconds since 1970; `undefined` if there is nothing. */
function changedAt(path: string): number | undefined {
  const info = statSync(path, { throwIfNoEntry: false });
  // The time of change: that of modification is when a stage wrote, perhaps long before.
  return info && Math.max(info.mtimeMs, info.ctimeMs);
}

function filesBelow({ root }: Layout, folder: string): string[] {
  const path = join(root, folder);
  return existsSync(path) ? listFiles(path).map((name) => join(path, name)) : [];
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

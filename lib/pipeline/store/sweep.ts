/** Clears up after processes that were killed. */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { attemptAt, endAttempt, readManifest } from "./attempt.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { readHolder, tryLock } from "./lock.ts";
import { readRecord } from "./record.ts";

const DAY = 24 * 3600 * 1000;
/** Nobody goes on with what was begun so long ago, under code and parameters of that time. */
const CHECKPOINT_DAYS = 30;

/**
 * Ends the attempts of dead workers, and removes old temporary files and useless checkpoints.
 *
 * A lock file that nobody holds is the mark of a worker that died: living ones hold theirs and
 * remove it when they are done. What they had published stays; the rest is removed, logs excepted.
 *
 * @returns Ids of the attempts that were interrupted.
 */
export function sweep(layout: Layout, now: number): string[] {
  const interrupted: string[] = [];
  for (const name of filesIn(layout.locks)) {
    const path = join(layout.locks, name);
    const holder = readHolder(path);
    const lock = tryLock(path);
    if (!lock) continue;
    const attempt = holder && attemptAt(layout, holder.attempt);
    if (attempt && existsSync(attempt.folder) && !readManifest(attempt)) {
      const key = name.replace(/\.lock$/, "");
      const record = readRecord(layout, key);
      // Killed after the link and before the manifest: the result stands.
      const isPublished = record !== "damaged" && record?.attempt === attempt.id;
      endAttempt(layout, attempt, { status: isPublished ? "ok" : "interrupted", cell: "", key });
      if (!isPublished) interrupted.push(attempt.id);
    }
    lock.release();
  }
  for (const name of filesIn(layout.tmp)) {
    const path = join(layout.tmp, name);
    const info = statSync(path, { throwIfNoEntry: false });
    if (!info || now - info.mtimeMs <= DAY || isComputedIn(path)) continue;
    rmSync(path, { recursive: true, force: true });
  }
  for (const key of filesIn(layout.allCheckpoints)) {
    const folder = layout.checkpoints(key);
    const info = statSync(folder, { throwIfNoEntry: false });
    const isForgotten = info !== undefined && now - info.mtimeMs > CHECKPOINT_DAYS * DAY;
    // Of a published key: its worker was killed between the link and the removal.
    if (isForgotten || readRecord(layout, key)) rmSync(folder, { recursive: true, force: true });
  }
  return interrupted;
}

/** Whether a worker computes a cell in a store of its own there, for more than a day perhaps. */
function isComputedIn(folder: string): boolean {
  const { locks } = layoutOf(folder);
  return filesIn(locks).some((name) => {
    const lock = tryLock(join(locks, name));
    lock?.release();
    return lock === undefined;
  });
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

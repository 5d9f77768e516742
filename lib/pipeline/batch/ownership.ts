/** Which submissions this driver tends: those that it sent, and those whose driver died. */
import type { Layout } from "../store/layout.ts";
import { type Lock, tryLock } from "../store/lock.ts";
import type { TaskState } from "./batch_system.ts";
import {
  folderOf,
  isFinished,
  removeFolder,
  submissionLock,
  submissionsIn,
} from "./task_folder.ts";

/** Files of a submission that nobody tends and that left no result: kept so long, for people. */
const KEPT_MILLISECONDS = 7 * 24 * 3600 * 1000;

/** Submissions that this driver tends. */
export interface Ownership {
  /** Held while cells are sent; `undefined` while another driver sends. */
  lockSubmission(): Lock | undefined;
  /** Takes a submission over, unless another driver that lives tends it. */
  take(name: string): void;
  has(name: string): boolean;
  /** A task has come to its end. The files go with the last one if all tasks went well. */
  settle(name: string, isPublished: boolean, isLast: boolean): void;
  /** Removes the files of a submission that was not taken. */
  drop(name: string): void;
  /** Removes old files of submissions that nobody tends, once. */
  clear(states: ReadonlyMap<string, TaskState>): void;
  /** Leaves all to whoever comes next. */
  giveBack(): void;
}

/** What this driver tends, below an artifacts folder. */
export function ownership(layout: Layout): Ownership {
  const held = new Map<string, { readonly lock: Lock; isClean: boolean }>();
  let isCleared = false;
  return {
    lockSubmission: () => tryLock(submissionLock(layout)),
    take(name) {
      if (held.has(name)) return;
      const lock = tryLock(folderOf(layout, name).lock);
      if (lock) held.set(name, { lock, isClean: true });
    },
    has: (name) => held.has(name),
    settle(name, isPublished, isLast) {
      const own = held.get(name);
      if (!own) return;
      if (!isPublished) own.isClean = false;
      if (!isLast) return;
      held.delete(name);
      own.lock.release();
      // Of a driver that died there may be tasks that this run does not ask for.
      const folder = folderOf(layout, name);
      if (own.isClean && isFinished(folder)) removeFolder(folder);
    },
    drop(name) {
      held.get(name)?.lock.release();
      held.delete(name);
      removeFolder(folderOf(layout, name));
    },
    clear(states) {
      if (isCleared) return;
      isCleared = true;
      const live = new Set(
        [...states.values()].filter(({ phase }) => phase !== "ended").map(({ name }) => name),
      );
      for (const { name, age } of submissionsIn(layout, Date.now())) {
        if (live.has(name) || held.has(name) || age < KEPT_MILLISECONDS) continue;
        const lock = tryLock(folderOf(layout, name).lock);
        if (!lock) continue;
        lock.release();
        removeFolder(folderOf(layout, name));
      }
    },
    giveBack() {
      for (const { lock } of held.values()) lock.release();
      held.clear();
    },
  };
}

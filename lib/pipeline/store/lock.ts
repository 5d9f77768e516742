/** Locks that the kernel frees when their process dies, however it dies. */
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { refusalText } from "./named_file.ts";

/** A lock that this process holds. */
export interface Lock {
  /** Says in the lock file who holds it, for people and for the sweep. */
  describe(holder: LockHolder): void;
  /** Gives the lock back and removes its file. */
  release(): void;
}

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  /** The attempt's folder below `attempts/`. */
  readonly attempt: string;
  /** The job of a cluster, such as `Slurm 7_12`; a process of this machine has none. */
  readonly job?: string | undefined;
}

/**
 * Takes the lock at `path` if nobody holds it.
 *
 * Locks only save work: results are published by one atomic link whoever computes them.
 */
export function tryLock(path: string): Lock | undefined {
  const file = openLock(path);
  if (locked(file, path, () => file.tryLockSync(true))) return heldLock(file, path);
  file.close();
  return undefined;
}

/** Takes the lock at `path` as soon as nobody holds it; meanwhile this thread does nothing. */
export function waitForLock(path: string): Lock {
  while (true) {
    const file = openLock(path);
    const lock = () => {
      file.lockSync(true);
      return true;
    };
    if (locked(file, path, lock)) return heldLock(file, path);
    file.close();
  }
}

function openLock(path: string): Deno.FsFile {
  mkdirSync(dirname(path), { recursive: true });
  return Deno.openSync(path, { create: true, read: true, write: true });
}

/**
 * Whether `lock` took the lock.
 *
 * @throws {RangeError} If the file system has no locks.
 */
function locked(file: Deno.FsFile, path: string, lock: () => boolean): boolean {
  try {
    // Another process may have released and removed the file between our open and our lock.
    return lock() && statSync(path, { throwIfNoEntry: false })?.ino === file.statSync().ino;
  } catch (error) {
    file.close();
    throw new RangeError(
      `Cannot lock ${path}: ${refusalText(error)}; a store needs a file system with locks, ` +
        "or two runs could get into each other's way: name a folder on one with --artifacts",
    );
  }
}

function heldLock(file: Deno.FsFile, path: string): Lock {
  return {
    describe(holder) {
      file.truncateSync(0);
      file.seekSync(0, Deno.SeekMode.Start);
      file.writeSync(new TextEncoder().encode(`${JSON.stringify(holder)}\n`));
    },
    release() {
      rmSync(path, { force: true }); // before the lock goes: nobody else may own the file yet
      file.close();
    },
  };
}

/** Resolves when nobody holds the lock at `path`; at once if there is no such file. */
export async function lockFreed(path: string): Promise<void> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true, write: true });
  } catch {
    return;
  }
  try {
    await file.lock(false);
  } finally {
    file.close();
  }
}

/** Who holds the lock at `path` right now, or `undefined`. */
export function holderOf(path: string): LockHolder | undefined {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true, write: true });
  } catch {
    return undefined;
  }
  try {
    return file.tryLockSync(false) ? undefined : readHolder(path);
  } finally {
    file.close();
  }
}

/** What a lock file says of its holder; it may be dead. */
export function readHolder(path: string): LockHolder | undefined {
  try {
    const { pid, attempt, job } = JSON.parse(readFileSync(path, "utf8"));
    const isHolder = typeof pid === "number" && /^[\w-]+\/[\w-]+$/.test(attempt);
    return isHolder ? { pid, attempt, ...(typeof job === "string" && { job }) } : undefined;
  } catch {
    return undefined; // empty: killed between taking the lock and describing itself
  }
}

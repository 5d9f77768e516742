/** Remembers which objects were found sound, so that a run without changes reads none of them. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { replaceFile } from "./atomic.ts";
import type { Layout } from "./layout.ts";
import { damagedObjects, isSoundBlob } from "./objects.ts";
import { seal, unseal } from "./sealed.ts";

/** What is known of a blob: size, times of last modification and change, and when it was read. */
type Entry = readonly [size: number, modified: number, changed: number, read: number];

const memoSchema = z.record(
  z.string(),
  z.tuple([z.number(), z.number(), z.number(), z.number()]),
);

/** Knowledge of which objects are sound. */
export interface ObjectMemo {
  /** The damaged objects of an artifact; reads only what may have changed since it was read. */
  damaged(digest: string): string[];
  /** Keeps what was learnt for the next run. */
  save(): void;
}

/**
 * A change that follows a reading within the clock's tick leaves the times as they were. Times of
 * change come in whole seconds, so a reading proves something only if the file was older than that.
 */
const RACY_MILLISECONDS = 2000;

/**
 * Opens the memo of a store; only an optimisation, so a damaged one counts as empty.
 *
 * It sees every change that goes through the file system: the time of change cannot be set back. A
 * bit that flips on the disk itself it does not see; for that a stage's inputs are read in full
 * before it starts, and `verify --full` reads everything.
 *
 * @param now Milliseconds since 1970.
 */
export function openObjectMemo(layout: Layout, now: () => number): ObjectMemo {
  const path = join(layout.memo, "objects.json");
  const known = new Map<string, Entry>(Object.entries(readEntries(layout, path)));
  const used = new Map<string, Entry>();
  let isChanged = false;
  const isSound = (hex: string): boolean => {
    const info = statSync(layout.blob(hex), { throwIfNoEntry: false });
    if (!info) return false;
    const { size, mtimeMs, ctimeMs } = info;
    const entry = used.get(hex) ?? known.get(hex);
    const isKnown = entry?.[0] === size && entry[1] === mtimeMs && entry[2] === ctimeMs &&
      Math.max(mtimeMs, ctimeMs) < entry[3] - RACY_MILLISECONDS;
    if (isKnown) {
      used.set(hex, entry);
      return true;
    }
    const at = now(); // before reading: what changes meanwhile is younger
    if (!isSoundBlob(layout, hex)) return false;
    used.set(hex, [size, mtimeMs, ctimeMs, at]);
    isChanged = true;
    return true;
  };
  return {
    damaged: (digest) => damagedObjects(layout, digest, isSound),
    save() {
      if (!isChanged) return;
      replaceFile(layout, path, seal(Object.fromEntries([...known, ...used])));
      isChanged = false;
    },
  };
}

function readEntries(layout: Layout, path: string): Readonly<Record<string, Entry>> {
  try {
    const read = memoSchema.safeParse(unseal(layout.disk.readFileSync(path, "utf8")));
    return read.data ?? {};
  } catch {
    return {};
  }
}

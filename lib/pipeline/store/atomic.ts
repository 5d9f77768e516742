/** Files that appear whole or not at all. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Layout } from "./layout.ts";
import { isBeyondDisk } from "./lesser_disk.ts";
import { waitForLock } from "./lock.ts";

/** Writes a file by way of `tmp/`, and replaces what was there. */
export function replaceFile(layout: Layout, path: string, text: string): void {
  const staged = stage(layout, text);
  try {
    layout.disk.mkdirSync(dirname(path), { recursive: true });
    layout.disk.renameSync(staged, path);
  } catch (error) {
    removeQuietly(layout, staged);
    throw error;
  }
}

/**
 * Writes a file by way of `tmp/` unless there is one already.
 *
 * @returns Whether it was written; the one link of a publication.
 */
export function createFile(layout: Layout, path: string, text: string): boolean {
  const staged = stage(layout, text);
  try {
    layout.disk.mkdirSync(dirname(path), { recursive: true });
    layout.disk.linkSync(staged, path);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
    if (isBeyondDisk(error)) return renameUnlessThere(layout, staged, path);
    throw error;
  } finally {
    removeQuietly(layout, staged);
  }
}

/** As a link would, where there are none: whoever creates a file holds one lock meanwhile. */
function renameUnlessThere(layout: Layout, staged: string, path: string): boolean {
  const lock = waitForLock(layout.creation);
  try {
    if (existsSync(path)) return false;
    layout.disk.renameSync(staged, path);
    return true;
  } finally {
    lock.release();
  }
}

function stage(layout: Layout, text: string): string {
  const { disk } = layout;
  disk.mkdirSync(layout.tmp, { recursive: true });
  const path = join(layout.tmp, crypto.randomUUID());
  const bytes = new TextEncoder().encode(text);
  try {
    const file = disk.openSync(path, "w");
    try {
      for (let start = 0; start < bytes.length;) start += disk.writeSync(file, bytes, start);
      disk.fsyncSync(file); // else power loss could leave the name without the content
    } finally {
      disk.closeSync(file);
    }
  } catch (error) {
    removeQuietly(layout, path); // on a full disk half a file would keep its space
    throw error;
  }
  return path;
}

/** What stays is swept after a day; the error that led here must not be hidden by another. */
export function removeQuietly({ disk }: Layout, path: string): void {
  try {
    disk.rmSync(path, { force: true });
  } catch {
    return;
  }
}

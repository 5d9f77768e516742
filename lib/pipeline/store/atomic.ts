/** Files that appear whole or not at all. */
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Layout } from "./layout.ts";

/** Writes a file by way of `tmp/`, and replaces what was there. */
export function replaceFile(layout: Layout, path: string, text: string): void {
  const staged = stage(layout, text);
  mkdirSync(dirname(path), { recursive: true });
  renameSync(staged, path);
}

/**
 * Writes a file by way of `tmp/` unless there is one already.
 *
 * @returns Whether it was written; the one link of a publication.
 */
export function createFile(layout: Layout, path: string, text: string): boolean {
  const staged = stage(layout, text);
  mkdirSync(dirname(path), { recursive: true });
  try {
    linkSync(staged, path);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(staged, { force: true });
  }
}

function stage(layout: Layout, text: string): string {
  mkdirSync(layout.tmp, { recursive: true });
  const path = join(layout.tmp, crypto.randomUUID());
  const bytes = new TextEncoder().encode(text);
  const file = openSync(path, "w");
  try {
    for (let start = 0; start < bytes.length;) start += writeSync(file, bytes, start);
    fsyncSync(file); // else power loss could leave the name without the content
  } finally {
    closeSync(file);
  }
  return path;
}

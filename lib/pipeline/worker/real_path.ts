/** Where files lie, without the links that lead to them. */
import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The absolute path without links, as far as it exists: the rest may be made later. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch { // nothing is there, a link leads nowhere, or a folder may not be looked into
    const folder = dirname(path);
    return folder === path ? path : join(realPath(folder), basename(path));
  }
}

/** Absolute paths as they are named, and as they lie where links lead to them; each once. */
export function withRealPaths(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => [path, realPath(path)]))];
}

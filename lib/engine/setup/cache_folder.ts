/** Which folder holds the installed engines. */

/**
 * The user's cache folder of Basin: `$BASIN_CACHE`, else `$XDG_CACHE_HOME/basin`, else
 * `~/.cache/basin` (on Windows `%LOCALAPPDATA%\basin`). `undefined` if none of these is set.
 *
 * A relative `XDG_CACHE_HOME` is ignored, as the XDG base directory specification asks; a relative
 * `BASIN_CACHE` is taken from the working folder.
 *
 * @example
 * ```ts
 * import { cacheFolder } from "./cache_folder.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(cacheFolder((name) => ({ HOME: "/home/ada" })[name]), "/home/ada/.cache/basin");
 * ```
 */
export function cacheFolder(env: (name: string) => string | undefined): string | undefined {
  const chosen = env("BASIN_CACHE");
  if (chosen) return isAbsolute(chosen) ? chosen : `${Deno.cwd()}/${chosen}`;
  const xdg = env("XDG_CACHE_HOME");
  if (xdg && isAbsolute(xdg)) return `${xdg}/basin`;
  const home = env("HOME");
  if (home) return `${home}/.cache/basin`;
  const local = env("LOCALAPPDATA");
  return local ? `${local}/basin` : undefined;
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path);
}

/** What a stage may touch beyond its inputs, its outputs and its code. */
import { resolve } from "node:path";
import { fieldOf, itemsOf } from "./raw.ts";

/** Files and hosts that the YAML allows a stage under `allow`. Paths are absolute. */
export interface Access {
  /** Files and folders; nothing in them is part of a key. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Hosts, or `true` for all. */
  readonly net: boolean | readonly string[];
  /** Names of environment variables; their values are part of the key. */
  readonly env: readonly string[];
}

/** A path may begin with an environment variable, for what lies elsewhere on each machine. */
const VARIABLE = /^\$([A-Za-z_]\w*)/;

/**
 * Reads `allow` of the study and of a stage, which add up.
 *
 * A path that begins with `$NAME` is left out where the variable is not set.
 *
 * @param root Absolute path of the folder that paths are relative to.
 *
 * @example
 * ```ts
 * import { readAccess } from "./access.ts";
 * import assert from "node:assert/strict";
 *
 * const env = (name: string) => ({ DATA: "/data" })[name];
 * const own = { read: ["$DATA/mnist", "$NOWHERE", "notes.txt"], net: ["example.org"] };
 * assert.deepEqual(readAccess([undefined, own], "/study", env), {
 *   read: ["/data/mnist", "/study/notes.txt"],
 *   write: [],
 *   net: ["example.org"],
 *   env: [],
 * });
 * ```
 */
export function readAccess(
  raws: readonly unknown[],
  root: string,
  env: (name: string) => string | undefined,
): Access {
  const paths = (kind: "read" | "write") =>
    raws.flatMap((raw) => itemsOf(fieldOf(raw, kind)))
      .map((path) => placed(String(path), env))
      .filter((path) => path !== undefined)
      .map((path) => resolve(root, path));
  const nets = raws.map((raw) => fieldOf(raw, "net"));
  return {
    read: paths("read"),
    write: paths("write"),
    net: nets.includes(true) || nets.flatMap(itemsOf).map(String),
    env: [...new Set(raws.flatMap((raw) => itemsOf(fieldOf(raw, "env"))).map(String))],
  };
}

function placed(
  path: string,
  env: (name: string) => string | undefined,
): string | undefined {
  const name = VARIABLE.exec(path)?.[1];
  if (name === undefined) return path;
  const value = env(name);
  return value ? value + path.slice(name.length + 1) : undefined;
}

/** What a stage may touch beyond its inputs, its outputs and its code. */
import { resolve } from "node:path";
import type { FaultList } from "./fault.ts";
import { fieldOf, itemsOf } from "./raw.ts";
import type { YamlPath } from "./source_text.ts";

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

/** A host as Deno's rights name it: a name, any name below one, an IPv4 network, an IPv6 address. */
const HOST = /^((\*\.)?[\w-]+(\.[\w-]+)*\.?(\/\d{1,3})?|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/** A path that a shell would read otherwise than it is taken here. */
const FOR_SHELLS = /^~(?=\/|$)|\$\{(\w+)\}/;

/** Adds hosts that are none, and paths that only a shell would understand. */
export function addAccessFaults(raw: unknown, path: YamlPath, faults: FaultList): void {
  for (const kind of ["read", "write", "net"] as const) {
    for (const [i, item] of itemsOf(fieldOf(raw, kind)).entries()) {
      if (typeof item !== "string") continue;
      const at = faults.source.valueAt([...path, kind, i]);
      const shown = JSON.stringify(item.slice(0, 70));
      if (kind === "net") {
        const port = Number(/:(\d+)$/.exec(item)?.[1] ?? 0);
        if (HOST.test(item) && port <= 65_535) continue;
        faults.add(at, `${shown} is no host; write for instance example.org, or example.org:443`);
        continue;
      }
      if (item.trim() === "" || item.includes("\0")) {
        faults.add(at, `${shown} is no path; write one, relative to this file or absolute`);
      }
      const foreign = FOR_SHELLS.exec(item);
      if (!foreign) continue;
      const meant = item.replace(FOR_SHELLS, (_, name = "HOME") => `$${name}`);
      faults.add(at, `${shown} is read as it stands; write ${meant} if a variable is meant`);
    }
  }
}

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

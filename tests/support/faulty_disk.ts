/** A disk that fails, or dies, at a call of one's choice. */
import fs from "node:fs";
import { DISK, type Disk } from "../../lib/pipeline/store/disk.ts";

/** What happens at the chosen call. */
export type Fault =
  /** It fails with this code, and the next ones work again. */
  | { readonly kind: "fails"; readonly code: "ENOSPC" | "EIO" }
  /** Half of what is to be written arrives, then it fails with ENOSPC. */
  | { readonly kind: "torn" }
  /** Half of what is to be written arrives, then the process is dead: nothing works any more. */
  | { readonly kind: "dies" };

/** The real disk without waiting for it: what only power loss could show is not tested here. */
export const SWIFT_DISK: Disk = { ...DISK, fsyncSync: () => {} };

/** The same without links, as vfat and some network mounts are. */
export const LINKLESS_DISK: Disk = {
  ...SWIFT_DISK,
  linkSync: () => refuse("linkSync"),
  symlinkSync: () => refuse("symlinkSync"),
};

function refuse(name: string): never {
  throw Object.assign(new Error(`EPERM: made up by the test, ${name}`), { code: "EPERM" });
}

/** A disk and what has happened on it. */
export interface FaultyDisk {
  readonly disk: Disk;
  /** Whether the chosen call came. */
  readonly hit: () => boolean;
}

/** Calls that a full disk refuses. */
const WRITES = new Set([
  "mkdirSync",
  "openSync",
  "writeSync",
  "linkSync",
  "renameSync",
  "fsyncSync",
]);

/** A disk on which the call number `at`, counted from 1, goes wrong. */
export function faultyDisk(at: number, fault: Fault, base = SWIFT_DISK): FaultyDisk {
  let calls = 0;
  let isHit = false;
  const fails = (code: string, name: string) =>
    Object.assign(new Error(`${code}: made up by the test, ${name}`), { code });
  const wrap = (name: keyof Disk) => (...args: unknown[]) => {
    const call = base[name] as (...args: unknown[]) => unknown;
    if (isHit && fault.kind === "dies") throw fails("EIO", name);
    const counts = fault.kind !== "fails" || fault.code === "EIO" || WRITES.has(name);
    if (counts && ++calls === at) {
      isHit = true;
      if (name === "writeSync" && fault.kind !== "fails") {
        const [file, bytes, start] = args as [number, Uint8Array, number];
        fs.writeSync(file, bytes, start, (bytes.length - start) >> 1);
      }
      // A handle that cannot be closed is closed all the same.
      if (name === "closeSync") call(...args);
      throw fails(fault.kind === "fails" ? fault.code : "ENOSPC", name);
    }
    return call(...args);
  };
  const names = Object.keys(CALLS) as (keyof Disk)[];
  const disk = Object.fromEntries(names.map((name) => [name, wrap(name)]));
  return { disk: disk as unknown as Disk, hit: () => isHit };
}

/** Every call of a {@link Disk}; the type checker sees to it that none is left out. */
const CALLS: Readonly<Record<keyof Disk, true>> = {
  chmodSync: true,
  closeSync: true,
  fsyncSync: true,
  linkSync: true,
  mkdirSync: true,
  openSync: true,
  readFileSync: true,
  readSync: true,
  renameSync: true,
  rmSync: true,
  symlinkSync: true,
  writeSync: true,
};

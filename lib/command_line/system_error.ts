/** What the system refuses, in words for the person at the terminal. */

/** What to do about a refusal, by the system's name of it. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: "something has removed it: run again, and if that does not help, " +
    "`deno task basin verify --full`",
  EROFS: "the folder is read-only: name another with --artifacts; show, plan, status, logs and " +
    "verify only read, and work here",
  EACCES: "this user may not: name another folder with --artifacts, or change its rights",
  EPERM: "the system refuses it whatever this user's rights: name another folder with --artifacts",
  ENOTSUP: "the file system cannot do that: name a folder on another one with --artifacts",
  ENOSPC: "the disk is full: make room, as `deno task basin gc --yes` may, and run again",
  EDQUOT:
    "your share of the disk is used up: remove something, as `deno task basin gc --yes` does, " +
    "or name another folder with --artifacts",
  EMFILE: "too many files are open: raise the limit by `ulimit -n 4096`",
  ENAMETOOLONG:
    "the file system has no room for so long a name: name a folder nearer to the root " +
    "with --artifacts",
  EIO: "the disk does not answer as it should: look at the system's log, and verify with " +
    "`deno task basin verify --full` once it does",
};

const GENERAL = "look at what lies there, and run again";

/**
 * The message of an error of the system, with what to do; `undefined` if the error is another one.
 *
 * @example
 * ```ts
 * import { systemErrorText } from "./system_error.ts";
 * import assert from "node:assert/strict";
 *
 * const refused = Object.assign(new Error("EROFS: read-only file system, open '/a/b'"), {
 *   code: "EROFS",
 * });
 * assert.match(systemErrorText(refused)!, /^Cannot go on: EROFS: .*'\/a\/b'; the folder is read-only/);
 * assert.equal(systemErrorText(new Error("a fault of the program")), undefined);
 * ```
 */
export function systemErrorText(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== "string" || !/^E[A-Z]+$/.test(code)) return undefined;
  return `Cannot go on: ${message}; ${ADVICE[code] ?? GENERAL}`;
}

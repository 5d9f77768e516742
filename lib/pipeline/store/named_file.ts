/** Files and folders that a person names: what is wrong with one, in plain words. */
import { accessSync, constants, readFileSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";

/** By the system's name of a refusal. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder",
  EACCES: "this user may not",
  EPERM: "the system refuses it",
  EROFS: "the disk is read-only",
  ENOTSUP: "the file system cannot do that",
  EOPNOTSUPP: "the file system cannot do that",
  ENOLCK: "the file system has no locks left, or none at all",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long",
  ENOSPC: "the disk is full",
  EDQUOT: "this user's share of the disk is used up",
  EMFILE: "too many files are open; raise the limit by `ulimit -n 4096`",
  EIO: "the disk does not answer as it should",
};

/** What the system said of a file that was named, without code and path. */
export function refusalText(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return WORDS[code ?? ""] ?? String(message ?? error);
}

/** A name as a message shows it: an empty one can be seen. */
export function shownName(path: string): string {
  return path.trim() === "" ? JSON.stringify(path) : path;
}

/**
 * The bytes of a file that a person named.
 *
 * @param what Stands before the name, as in `the study `.
 * @param remedy What to do if it cannot be read.
 * @throws {RangeError} If it cannot be read.
 */
export function readNamedFile(path: string, what: string, remedy: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(readFileSync(path));
  } catch (error) {
    throw new RangeError(`Cannot read ${what}${shownName(path)}: ${refusalText(error)}; ${remedy}`);
  }
}

/**
 * Refuses a file that cannot be read, before there is need of it.
 *
 * @param what Stands before the name, as in `the model `.
 * @param remedy What to do.
 * @throws {RangeError} If it is not there, is a folder, or this user may not read it.
 */
export function checkNamedFile(path: string, what: string, remedy: string): void {
  const refuse = (why: string): never => {
    throw new RangeError(`Cannot read ${what}${shownName(path)}: ${why}; ${remedy}`);
  };
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
    accessSync(path, constants.R_OK);
  } catch (error) {
    return refuse(refusalText(error));
  }
  if (isFolder) refuse("it is a folder");
}

/** As {@link readNamedFile}, of a text. @throws {RangeError} If it is none in UTF-8, too. */
export function readNamedText(path: string, what: string, remedy: string): string {
  const bytes = readNamedFile(path, what, remedy);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new RangeError(
      `Cannot read ${what}${shownName(path)}: it is no text in UTF-8; ${remedy}`,
    );
  }
}

/**
 * Refuses a name under which no file can be written. Asked before the work, not after it; and a file
 * that takes its place by a move must not replace a device such as `/dev/null`.
 *
 * @throws {RangeError} If it is empty, a folder or a device, or its folder is not there.
 */
export function checkTarget(path: string): void {
  const refuse = (why: string): never => {
    throw new RangeError(`Cannot write ${shownName(path)}: ${why}`);
  };
  if (path.trim() === "") refuse("the name is empty; give one");
  const stats = (of: string): Stats | undefined => {
    try {
      return statSync(of);
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") return undefined;
      return refuse(`${refusalText(error)}; name another file`);
    }
  };
  const found = stats(path);
  if (found?.isDirectory()) refuse("it is a folder; name a file");
  if (found && !found.isFile()) refuse("it is no plain file; name another");
  if (!found && !stats(dirname(path))?.isDirectory()) {
    refuse(`there is no folder ${dirname(path)}; make it, or name another`);
  }
}

/**
 * Refuses a path at which there can be no folder.
 *
 * @param what Stands before the name, as in `the artifacts in `.
 * @param remedy What to do.
 * @throws {RangeError} If it is a file, or cannot be reached.
 */
export function checkFolder(path: string, what: string, remedy: string): void {
  const refuse = (why: string): never => {
    throw new RangeError(`Cannot use ${what}${shownName(path)}: ${why}; ${remedy}`);
  };
  let found: Stats | undefined;
  try {
    found = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    return refuse(refusalText(error));
  }
  if (found && !found.isDirectory()) refuse("it is no folder");
}

/**
 * What to do where a file system has no links, or no rights of files: vfat, SMB, some FUSE mounts.
 *
 * Copies stand in for links. They take more room; nothing else differs.
 */
import { dirname, relative } from "node:path";
import { copyHashed } from "./copy.ts";
import type { Disk } from "./disk.ts";

/** How systems say that a file system cannot do what was asked of it. */
const CANNOT = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** Whether an error says that the file system cannot do such a thing at all. */
export function isBeyondDisk(error: unknown): boolean {
  return CANNOT.has((error as { code?: string } | undefined)?.code ?? "");
}

/** Makes a file readable at `path`: by a symbolic link relative to it, or by a copy. */
export function showFile(disk: Disk, file: string, path: string): void {
  try {
    disk.symlinkSync(relative(dirname(path), file), path);
  } catch (error) {
    if (!isBeyondDisk(error)) throw error;
    copyHashed(disk, file, path);
  }
}

/** Gives a file a second name: by a hard link, or by a copy. */
export function doubleFile(disk: Disk, file: string, path: string): void {
  try {
    disk.linkSync(file, path);
  } catch (error) {
    if (!isBeyondDisk(error)) throw error;
    copyHashed(disk, file, path);
  }
}

/** Guards a file against being changed by mistake, where files have rights. */
export function makeReadOnly(disk: Disk, path: string): void {
  try {
    disk.chmodSync(path, 0o444);
  } catch (error) {
    if (!isBeyondDisk(error)) throw error;
  }
}

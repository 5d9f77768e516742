import fs from "node:fs";

/**
 * The calls by which the store touches the disk.
 *
 * They are a value so that tests can let each of them fail, or stop half-way, at its k-th use.
 */
export type Disk = Pick<
  typeof fs,
  | "chmodSync"
  | "closeSync"
  | "fsyncSync"
  | "linkSync"
  | "mkdirSync"
  | "openSync"
  | "readFileSync"
  | "readSync"
  | "renameSync"
  | "rmSync"
  | "symlinkSync"
  | "writeSync"
>;

/** The real disk. */
export const DISK: Disk = fs;

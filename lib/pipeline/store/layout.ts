/** Where things lie below the artifacts folder; no other file knows. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DISK, type Disk } from "./disk.ts";
import { checkFolder, readNamedFile } from "./named_file.ts";

/** Version of the layout, in the file `FORMAT`. */
const FORMAT = "1";

/** The folders of one artifacts folder. Paths are absolute. */
export interface Layout {
  readonly root: string;
  /** How the store writes and reads. */
  readonly disk: Disk;
  /** Immutable content of files, by SHA-256. */
  blob(sha256: string): string;
  /** Listings of folders, by the SHA-256 of the listing. */
  tree(sha256: string): string;
  /** The record of a published result; that it exists is what "published" means. */
  record(key: string): string;
  /** Held by the worker that computes a key. */
  lock(key: string): string;
  /** Held while a file is created, where the disk has no links. */
  readonly creation: string;
  /** All attempts at a key. */
  attempts(key: string): string;
  /** What the computation of a key had come to, until its result is published. */
  checkpoints(key: string): string;
  /** The folders of all keys that have checkpoints. */
  readonly allCheckpoints: string;
  /** Damaged objects, kept for inspection. */
  readonly quarantine: string;
  readonly locks: string;
  readonly runs: string;
  readonly memo: string;
  readonly tmp: string;
  readonly view: string;
  /** What a cluster was told, and what it answered. */
  readonly batch: string;
}

/** The layout below `root`; touches nothing. */
export function layoutOf(root: string, disk = DISK): Layout {
  const fanOut = (folder: string, name: string) => join(root, folder, name.slice(0, 2), name);
  return {
    root,
    disk,
    blob: (sha256) => fanOut("store/blobs", sha256),
    tree: (sha256) => `${fanOut("store/trees", sha256)}.json`,
    record: (key) => `${fanOut("keys", key)}.json`,
    lock: (key) => join(root, "locks", `${key}.lock`),
    creation: join(root, "locks", "creation.lock"),
    attempts: (key) => join(root, "attempts", key.slice(0, 12)),
    checkpoints: (key) => join(root, "checkpoints", key),
    allCheckpoints: join(root, "checkpoints"),
    quarantine: join(root, "store/quarantine"),
    locks: join(root, "locks"),
    runs: join(root, "runs"),
    memo: join(root, "memo"),
    tmp: join(root, "tmp"),
    view: join(root, "view"),
    batch: join(root, "batch"),
  };
}

/** What a store is made of, and the reports beside it. */
const PARTS = [
  "FORMAT",
  "attempts",
  "batch",
  "checkpoints",
  "keys",
  "locks",
  "memo",
  "report",
  "runs",
  "store",
  "tmp",
  "view",
];

/**
 * Refuses an artifacts folder of another format, or a folder that is none: a run sweeps `tmp/` and
 * `view/`, which would be somebody's in a folder of other things.
 *
 * @throws {RangeError} If it is no folder, holds another version, or what is no part of a store.
 */
export function checkFormat({ root }: Layout): void {
  checkFolder(root, "the artifacts in ", "name a folder with --artifacts");
  const file = join(root, "FORMAT");
  const remedy = "restore it, or name another folder with --artifacts";
  const found = existsSync(file)
    ? new TextDecoder().decode(readNamedFile(file, "", remedy)).trim()
    : FORMAT;
  if (!existsSync(file)) refuseForeign(root);
  // Older versions left it empty where the disk was full.
  if (found === FORMAT || found === "") return;
  throw new RangeError(
    `Cannot use the artifacts in ${root}: their format is ${JSON.stringify(found.slice(0, 20))}, ` +
      `and this version writes ${FORMAT}; name another folder with --artifacts`,
  );
}

/** A store of which a cache kept a part has no format, and nothing foreign either. */
function refuseForeign(root: string): void {
  const names = existsSync(root) ? readdirSync(root) : [];
  const foreign = names.find((name) =>
    !PARTS.includes(name) && !name.startsWith(".") && name !== "lost+found"
  );
  if (foreign === undefined) return;
  throw new RangeError(
    `Cannot use the artifacts in ${root}: it holds ${foreign}, which is no part of them; ` +
      "name a folder of their own with --artifacts, empty or not there yet",
  );
}

/** Makes the folders that every run needs. */
export function prepareLayout(layout: Layout): void {
  for (const folder of [layout.locks, layout.runs, layout.memo, layout.tmp]) {
    mkdirSync(folder, { recursive: true });
  }
  const file = join(layout.root, "FORMAT");
  if (statSync(file, { throwIfNoEntry: false })?.size) return;
  // Whole or not at all: another run, or the next one, would take half of it for another format.
  const staged = join(layout.tmp, `format-${crypto.randomUUID()}`);
  try {
    writeFileSync(staged, `${FORMAT}\n`);
    renameSync(staged, file);
  } finally {
    rmSync(staged, { force: true });
  }
}

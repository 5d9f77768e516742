/** Files and folders in the store: put in once, checked whenever anything is to read them. */
import { lstatSync, readdirSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { canonicalJson, compareCodeUnits, sha256 } from "../key/canonical.ts";
import { removeQuietly, replaceFile } from "./atomic.ts";
import { copyHashed } from "./copy.ts";
import type { Disk } from "./disk.ts";
import type { Layout } from "./layout.ts";
import { makeReadOnly, showFile } from "./lesser_disk.ts";
import type { OutputRecord } from "./record.ts";
import { readTree, type Tree } from "./tree.ts";

/** SHA-256 in hex of a file's content. */
export function hashFile(disk: Disk, path: string): string {
  const hash = createHash("sha256");
  const file = disk.openSync(path, "r");
  try {
    const chunk = new Uint8Array(1 << 18);
    while (true) {
      const count = disk.readSync(file, chunk, 0, chunk.length, null);
      if (count === 0) return hash.digest("hex");
      hash.update(chunk.subarray(0, count));
    }
  } finally {
    disk.closeSync(file);
  }
}

/** Where an object lies: `blob:<sha256>` or `tree:<sha256>`. */
export function objectPath(layout: Layout, digest: string): string {
  const [kind, hex] = partsOf(digest);
  return kind === "blob" ? layout.blob(hex) : layout.tree(hex);
}

/**
 * Takes a file that a stage wrote into the store, by a copy that nobody else has open. What a stage
 * writes after its end reaches the file that it knows, and not the object.
 *
 * @throws {TypeError} If it is no plain file: a link could lead anywhere.
 */
export function putFile(layout: Layout, path: string): OutputRecord {
  const { disk } = layout;
  const info = lstatSync(path);
  if (!info.isFile()) {
    throw new TypeError(`Cannot publish ${path}: it is no plain file; write one`);
  }
  const staged = join(layout.tmp, `object-${crypto.randomUUID()}`);
  try {
    const { digest, bytes } = copyHashed(disk, path, staged);
    const blob = layout.blob(digest);
    makeReadOnly(disk, staged);
    disk.mkdirSync(dirname(blob), { recursive: true });
    // Over an older copy as well: ours was hashed just now, the older one may have been damaged.
    disk.renameSync(staged, blob);
    disk.rmSync(path, { force: true });
    return { digest: `blob:${digest}`, bytes };
  } catch (error) {
    removeQuietly(layout, staged);
    throw error;
  }
}

/**
 * Moves a folder that a stage wrote into the store, file by file, and lists it.
 *
 * @throws {TypeError} If it holds links or the like, or names that differ only in case.
 */
export function putFolder(layout: Layout, path: string): OutputRecord {
  const files: Tree["files"] = [];
  const seen = new Set<string>();
  for (const name of listFiles(path)) {
    if (seen.has(name.toLowerCase())) {
      throw new TypeError(
        `Cannot publish ${name}: another file differs from it only in case; name one otherwise`,
      );
    }
    seen.add(name.toLowerCase());
    const { digest, bytes } = putFile(layout, join(path, name));
    files.push({ path: name, sha256: partsOf(digest)[1], bytes });
  }
  const listing = canonicalJson({ type: "tree", files } satisfies Tree);
  const digest = sha256(listing);
  replaceFile(layout, layout.tree(digest), listing);
  return { digest: `tree:${digest}`, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** All files below a folder, as paths with `/`, in code unit order. */
export function listFiles(folder: string): string[] {
  const paths: string[] = [];
  const visit = (below: string) => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else paths.push(path);
    }
  };
  visit("");
  return paths.sort(compareCodeUnits);
}

/**
 * The files that an artifact holds; the path of a lone file is empty.
 *
 * @throws {DamagedObjectError} If the listing of a folder is damaged.
 */
export function filesOf(layout: Layout, digest: string): { path: string; digest: string }[] {
  const [kind, hex] = partsOf(digest);
  if (kind === "blob") return [{ path: "", digest }];
  const tree = readTree(layout, hex);
  if (!tree) throw new DamagedObjectError(digest);
  return tree.files.map(({ path, sha256 }) => ({ path, digest: `blob:${sha256}` }));
}

/** The objects that an artifact is made of, itself first; no files if its listing is damaged. */
export function objectsOf(layout: Layout, digest: string): string[] {
  const [kind, hex] = partsOf(digest);
  const files = kind === "tree" ? readTree(layout, hex)?.files ?? [] : [];
  return [digest, ...files.map((file) => `blob:${file.sha256}`)];
}

/**
 * The objects of an artifact whose bytes are not what their names say; missing ones count.
 *
 * @param isSound Whether a blob is what its name says; reads it unless somebody knows better.
 */
export function damagedObjects(
  layout: Layout,
  digest: string,
  isSound: (hex: string) => boolean = (hex) => isSoundBlob(layout, hex),
): string[] {
  return [...new Set(objectsOf(layout, digest))].filter((object) => {
    const [kind, hex] = partsOf(object);
    return kind === "blob" ? !isSound(hex) : readTree(layout, hex) === undefined;
  });
}

/** Whether a blob is there and its bytes are what its name says. */
export function isSoundBlob(layout: Layout, hex: string): boolean {
  try {
    return hashFile(layout.disk, layout.blob(hex)) === hex;
  } catch {
    return false; // missing, or the disk cannot read it
  }
}

/** An object of the store is not what its name says, so nobody may read it. */
export class DamagedObjectError extends Error {
  override name = "DamagedObjectError";

  constructor(readonly digest: string) {
    super(
      `Cannot read ${digest}: its bytes are damaged or missing; ` +
        "`deno task basin verify --full` names what it belongs to, and the next run makes it again",
    );
  }
}

/** The bytes of a file in the store, checked. @throws {DamagedObjectError} If they are damaged. */
export function readBlob(layout: Layout, digest: string): Uint8Array {
  const [, hex] = partsOf(digest);
  let bytes: Uint8Array;
  try {
    bytes = layout.disk.readFileSync(layout.blob(hex));
  } catch {
    throw new DamagedObjectError(digest);
  }
  if (sha256(bytes) !== hex) throw new DamagedObjectError(digest);
  return bytes;
}

/**
 * Makes an artifact readable at `path`, by links relative to it where the disk has links.
 *
 * @param path Where the file or the folder is to appear; its parent exists.
 * @throws {DamagedObjectError} If the listing of a folder is damaged.
 */
export function linkArtifact(layout: Layout, digest: string, path: string): void {
  const { disk } = layout;
  const [kind, hex] = partsOf(digest);
  if (kind === "blob") {
    showFile(disk, layout.blob(hex), path);
    return;
  }
  const files = filesOf(layout, digest);
  disk.mkdirSync(path, { recursive: true }); // the folder may be empty
  for (const file of files) {
    const link = join(path, file.path);
    disk.mkdirSync(dirname(link), { recursive: true });
    showFile(disk, objectPath(layout, file.digest), link);
  }
}

function partsOf(digest: string): ["blob" | "tree", string] {
  return digest.split(":") as ["blob" | "tree", string];
}

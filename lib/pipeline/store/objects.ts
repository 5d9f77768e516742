/** Files and folders in the store: put in once, checked whenever a stage is to read them. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { createHash } from "node:crypto";
import { dirname, join, relative } from "node:path";
import { canonicalJson, compareCodeUnits, sha256 } from "../key/canonical.ts";
import { replaceFile } from "./atomic.ts";
import type { Layout } from "./layout.ts";
import { type OutputRecord, readTree, type Tree } from "./record.ts";

/** SHA-256 in hex of a file's content. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path);
  try {
    const chunk = new Uint8Array(1 << 20);
    while (true) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(chunk.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/**
 * Moves a file that a stage wrote into the store.
 *
 * @throws {TypeError} If it is no plain file: a link could lead anywhere.
 */
export async function putFile(layout: Layout, path: string): Promise<OutputRecord> {
  const info = lstatSync(path);
  if (!info.isFile()) {
    throw new TypeError(`Cannot publish ${path}: it is no plain file; write one`);
  }
  const digest = await hashFile(path);
  const blob = layout.blob(digest);
  chmodSync(path, 0o444);
  mkdirSync(dirname(blob), { recursive: true });
  // Over an older copy as well: ours was hashed just now, the older one may have been damaged.
  renameSync(path, blob);
  return { digest: `blob:${digest}`, bytes: info.size };
}

/**
 * Moves a folder that a stage wrote into the store, file by file, and lists it.
 *
 * @throws {TypeError} If it holds links or the like, or names that differ only in case.
 */
export async function putFolder(layout: Layout, path: string): Promise<OutputRecord> {
  const files: Tree["files"] = [];
  const seen = new Set<string>();
  for (const name of listFiles(path)) {
    if (seen.has(name.toLowerCase())) {
      throw new TypeError(`Cannot publish ${name}: another file differs from it only in case`);
    }
    seen.add(name.toLowerCase());
    const { digest, bytes } = await putFile(layout, join(path, name));
    files.push({ path: name, sha256: digest.slice("blob:".length), bytes });
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

/** The objects of an artifact whose bytes are not what their names say; missing ones count. */
export async function damagedObjects(layout: Layout, digest: string): Promise<string[]> {
  const [kind, hex] = digest.split(":") as ["blob" | "tree", string];
  if (kind === "blob") {
    const path = layout.blob(hex);
    const isSound = existsSync(path) && await hashFile(path) === hex;
    return isSound ? [] : [digest];
  }
  const path = layout.tree(hex);
  if (!existsSync(path) || sha256(readFileSync(path)) !== hex) return [digest];
  const damaged: string[] = [];
  for (const file of readTree(layout, hex).files) {
    damaged.push(...await damagedObjects(layout, `blob:${file.sha256}`));
  }
  return damaged;
}

/**
 * Makes an artifact readable at `path`, by links relative to it.
 *
 * @param path Where the file or the folder is to appear; its parent exists.
 */
export function linkArtifact(layout: Layout, digest: string, path: string): void {
  const [kind, hex] = digest.split(":") as ["blob" | "tree", string];
  if (kind === "blob") {
    symlinkSync(relative(dirname(path), layout.blob(hex)), path);
    return;
  }
  mkdirSync(path, { recursive: true });
  for (const file of readTree(layout, hex).files) {
    const link = join(path, file.path);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), layout.blob(file.sha256)), link);
  }
}

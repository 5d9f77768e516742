/** Finds the files of a data set in folders, packed or not. */
import { join } from "node:path";
import type { PublishedDataset, PublishedFile } from "./catalogue.ts";

/** Where a published file is: the file itself, or its members unpacked. */
export interface LocatedFile {
  readonly file: PublishedFile;
  /** Path of the packed file, or of each member in order. */
  readonly paths: readonly string[];
  readonly packed: boolean;
}

/** Folder in which the archives of CIFAR put their members. */
export const ARCHIVE_FOLDERS = ["cifar-10-batches-bin", "cifar-100-binary", "."];

/**
 * Finds all files of the data set in one of the folders, or in its subfolders of well-known names.
 *
 * Of each file the packed form is preferred, since its checksum is the published one.
 *
 * @returns `undefined` if no folder has all of them.
 */
export async function locate(
  dataset: PublishedDataset,
  folders: readonly string[],
): Promise<readonly LocatedFile[] | undefined> {
  for (const folder of folders) {
    for (const subfolder of dataset.subfolders) {
      const base = join(folder, subfolder);
      const found = await Promise.all(dataset.files.map((file) => locateFile(file, base)));
      if (found.every((file) => file !== undefined)) return found;
    }
  }
  return undefined;
}

async function locateFile(file: PublishedFile, base: string): Promise<LocatedFile | undefined> {
  const packed = join(base, file.name);
  if (await isFile(packed)) return { file, paths: [packed], packed: true };
  for (const folder of ARCHIVE_FOLDERS) {
    const paths = file.members.map(({ name }) => join(base, folder, name));
    const present = await Promise.all(paths.map(isFile));
    if (present.every(Boolean)) return { file, paths, packed: false };
  }
  return undefined;
}

/** Whether there is a file to read. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false; // whatever the system says: there is no file to read
  }
}

/** Takes the needed members out of a zip file, streamed. */
import { createWriteStream } from "node:fs";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as yauzl from "yauzl";

/** What we use of yauzl, which comes without types. */
interface Yauzl {
  openPromise(path: string, options: { lazyEntries: true }): Promise<ZipFile>;
}
interface ZipFile {
  eachEntry(): AsyncIterable<ZipEntry>;
  openReadStreamPromise(entry: ZipEntry): Promise<Readable>;
  close(): void;
}
interface ZipEntry {
  readonly fileName: string;
}

/**
 * Writes the members of a zip file for which `destination` names a path; others are not read.
 *
 * Sizes and checksums are those that yauzl checks; the caller checks the file as a whole.
 *
 * @param archive Path of the zip file.
 * @param destination From a member's name to the path to write it to, or `undefined` to skip it.
 * @returns Number of members written.
 * @throws {Error} If the archive is damaged, or a file cannot be written.
 */
export async function unzip(
  archive: string,
  destination: (member: string) => string | undefined,
): Promise<number> {
  const { openPromise } = yauzl as unknown as Yauzl;
  const zip = await openPromise(archive, { lazyEntries: true });
  let written = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      const path = destination(entry.fileName);
      if (path === undefined || entry.fileName.endsWith("/")) continue;
      await Deno.mkdir(dirname(path), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
      written++;
    }
  } finally {
    zip.close();
  }
  return written;
}

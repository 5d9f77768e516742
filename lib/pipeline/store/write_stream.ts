import type { Disk } from "./disk.ts";

/**
 * Writes a stream to a file. If it resolves, the disk has all of it: Deno's own stream of a file
 * drops the error of the last write, such as that of a full disk, when it closes.
 *
 * @param path Made anew, or emptied.
 */
export async function writeStream(
  disk: Disk,
  path: string,
  stream: ReadableStream<Uint8Array>,
): Promise<void> {
  const file = disk.openSync(path, "w");
  try {
    for await (const chunk of stream) {
      for (let done = 0; done < chunk.length;) done += disk.writeSync(file, chunk, done);
    }
    disk.fsyncSync(file);
  } finally {
    disk.closeSync(file);
  }
}

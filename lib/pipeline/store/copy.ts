import { createHash } from "node:crypto";
import type { Disk } from "./disk.ts";

/**
 * Copies a file's bytes, and hashes what was copied. Its rights stay behind: not every disk has any.
 *
 * @param to Where nothing is yet.
 */
export function copyHashed(
  disk: Disk,
  from: string,
  to: string,
): { digest: string; bytes: number } {
  const hash = createHash("sha256");
  const source = disk.openSync(from, "r");
  try {
    const target = disk.openSync(to, "wx");
    try {
      const chunk = new Uint8Array(1 << 20);
      for (let bytes = 0;;) {
        const count = disk.readSync(source, chunk, 0, chunk.length, null);
        if (count === 0) return { digest: hash.digest("hex"), bytes };
        hash.update(chunk.subarray(0, count));
        for (let done = 0; done < count;) {
          done += disk.writeSync(target, chunk, done, count - done);
        }
        bytes += count;
      }
    } finally {
      disk.closeSync(target);
    }
  } finally {
    disk.closeSync(source);
  }
}

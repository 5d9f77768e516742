/** Checksums of what is read, while it is read. */
import { createHash } from "node:crypto";
import type { Chunks } from "../data/formats/byte_source.ts";

/** Checksums under way. */
export interface Digests {
  /** Passes the bytes on and takes account of them. */
  through(chunks: Chunks): Chunks;
  /** The checksum, as hex, of all that passed. */
  hex(algorithm: string): string;
}

/** Computes checksums of bytes that pass by. */
export function digests(...algorithms: readonly string[]): Digests {
  const hashes = new Map(algorithms.map((name) => [name, createHash(name)]));
  return {
    async *through(chunks) {
      for await (const chunk of chunks) {
        for (const hash of hashes.values()) hash.update(chunk);
        yield chunk;
      }
    },
    hex: (algorithm) => hashes.get(algorithm)!.copy().digest("hex"),
  };
}

/** A file's name and the SHA-256 of its bytes. */
export interface NamedDigest {
  readonly name: string;
  readonly sha256: string;
}

/**
 * One checksum for several files: SHA-256 of the lines that `sha256sum` prints for them.
 *
 * So `sha256sum data_batch_?.bin test_batch.bin | sha256sum` gives it, too.
 */
export function contentDigest(files: readonly NamedDigest[]): string {
  const text = files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join("");
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

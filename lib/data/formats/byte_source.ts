/** Bytes as they come: from a file, an archive or the network. */
export type Chunks = AsyncIterable<Uint8Array>;

/** Reads fixed lengths from {@link Chunks}, never holding more than one; disposal closes them. */
export interface ByteSource extends AsyncDisposable {
  /** What is read, for messages. */
  readonly name: string;
  /** Bytes read so far. */
  readonly position: number;
  /**
   * Fills the array with the next bytes.
   *
   * @throws {SyntaxError} If the bytes end before.
   */
  fill(target: Uint8Array): Promise<void>;
  /**
   * Checks that nothing is left.
   *
   * @throws {SyntaxError} If there are more bytes.
   */
  end(): Promise<void>;
}

/**
 * A source of exact lengths.
 *
 * @param name What is read, for messages: a file or a member of an archive.
 *
 * @example
 * ```ts
 * import { byteSource } from "./byte_source.ts";
 * import assert from "node:assert/strict";
 *
 * await using source = byteSource("toy", ReadableStream.from([Uint8Array.of(1, 2), Uint8Array.of(3)]));
 * const bytes = new Uint8Array(3);
 * await source.fill(bytes);
 * assert.deepEqual(bytes, Uint8Array.of(1, 2, 3));
 * await assert.rejects(source.fill(bytes), /Cannot read toy: it ends after 3 bytes, want 6/);
 * ```
 */
export function byteSource(name: string, chunks: Chunks): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array(0);
  let position = 0;
  /** Makes `chunk` hold a byte, unless nothing is left. */
  const more = async (): Promise<boolean> => {
    while (chunk.length === 0) {
      const next = await iterator.next();
      if (next.done) return false;
      chunk = next.value;
    }
    return true;
  };
  return {
    name,
    get position() {
      return position;
    },
    async fill(target) {
      const wanted = position + target.length;
      for (let filled = 0; filled < target.length;) {
        if (!await more()) {
          throw unreadable(name, `it ends after ${position} bytes, want ${wanted}`);
        }
        const taken = chunk.subarray(0, target.length - filled);
        target.set(taken, filled);
        chunk = chunk.subarray(taken.length);
        filled += taken.length;
        position += taken.length;
      }
    },
    async end() {
      if (await more()) throw unreadable(name, `it goes on after ${position} bytes`);
    },
    async [Symbol.asyncDispose]() {
      await iterator.return?.();
    },
  };
}

/** The error of every reader of a format: bytes that are not what they should be. */
export function unreadable(name: string, what: string, cause?: unknown): SyntaxError {
  const remedy = /; |, want /.test(what) ? "" : "; write it again, or fetch it again";
  return new SyntaxError(`Cannot read ${name}: ${what}${remedy}`, { cause });
}

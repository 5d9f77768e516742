import { type Chunks, unreadable } from "./byte_source.ts";

/**
 * Unpacks a gzip stream as it comes.
 *
 * Reading to the end checks the length and the CRC that gzip keeps; truncated and damaged streams
 * end in a named error.
 *
 * @throws {SyntaxError} If the stream is no gzip, is cut off, or its bytes were changed.
 */
export async function* gunzip(name: string, chunks: Chunks): AsyncGenerator<Uint8Array> {
  const packed = ReadableStream.from(chunks) as ReadableStream<Uint8Array<ArrayBuffer>>;
  let count = 0;
  const unpacked = packed.pipeThrough(new DecompressionStream("gzip"))[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await unpacked.next().catch((cause: unknown) => {
        // Only the decompressor speaks of the format; a disk has errors of its own.
        if (!(cause instanceof TypeError)) throw cause;
        throw unreadable(
          name,
          `its gzip stream is damaged or cut off after ${count} unpacked bytes; fetch it again`,
          cause,
        );
      });
      if (next.done) return;
      count += next.value.length;
      yield next.value;
    }
  } finally {
    await unpacked.return?.();
  }
}

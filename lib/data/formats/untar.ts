import { createTarDecoder } from "modern-tar";
import { type Chunks, unreadable } from "./byte_source.ts";

/** A file in an archive. */
export interface ArchiveMember {
  /** Path in the archive, for instance `cifar-10-batches-bin/test_batch.bin`. */
  readonly path: string;
  readonly bytes: number;
  /** Its content; to be read before the next member is asked for, or it is skipped. */
  readonly content: Chunks;
}

/**
 * The files of a tar stream, one after the other, without unpacking it to the disk.
 *
 * Paths are only compared, never opened, so a malicious one does no harm.
 *
 * @throws {SyntaxError} If the stream is no tar archive, is cut off or damaged.
 */
export async function* untar(name: string, chunks: Chunks): AsyncGenerator<ArchiveMember> {
  const archive = ReadableStream.from(chunks) as ReadableStream<Uint8Array<ArrayBuffer>>;
  const decoder = createTarDecoder({ strict: true });
  const piped = archive.pipeTo(decoder.writable).catch(() => {});
  const entries = decoder.readable[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await named(name, () => entries.next());
      if (next.done) return;
      const { header, body } = next.value;
      const content = contentOf(name, body);
      if (header.type === "file") yield { path: header.name, bytes: header.size, content };
      // Read, not cancelled: the decoder would take it for the next member that was cancelled.
      for await (const _ of content);
    }
  } finally {
    await entries.return?.();
    // The decoder refuses the next piece then, and what gave it is closed.
    await piped;
  }
}

async function* contentOf(name: string, body: Chunks) {
  const pieces = body[Symbol.asyncIterator]();
  for (;;) {
    const piece = await named(name, () => pieces.next());
    if (piece.done) return;
    yield piece.value;
  }
}

/** Gives the archive's name to what the decoder says of its format. */
async function named<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    // The decoder throws plain errors; gzip's and the disk's have classes of their own.
    if (!(cause instanceof Error) || cause.constructor !== Error) throw cause;
    throw unreadable(name, `it is no sound tar archive (${cause.message}); fetch it again`, cause);
  }
}

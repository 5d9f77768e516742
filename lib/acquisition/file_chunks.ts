const CHUNK = 256 * 1024;

/** A file's bytes, a quarter of a megabyte at a time; it is open only while it is read. */
export async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  using file = await Deno.open(path);
  for (;;) {
    const chunk = new Uint8Array(CHUNK);
    const count = await file.read(chunk);
    if (count === null) return;
    yield chunk.subarray(0, count);
  }
}

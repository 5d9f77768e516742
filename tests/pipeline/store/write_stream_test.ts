import assert from "node:assert/strict";
import { DISK } from "../../../lib/pipeline/store/disk.ts";
import { writeStream } from "../../../lib/pipeline/store/write_stream.ts";
import { temporaryFolder } from "../../support/temporary_folder.ts";

/** A stream of chunks of these lengths. */
function streamOf(...lengths: number[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(lengths.map((length, i) => new Uint8Array(length).fill(i + 1)));
}

Deno.test("writeStream() writes all chunks, over what was there", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/file`;
  await Deno.writeTextFile(path, "x".repeat(1000));
  await writeStream(DISK, path, streamOf(3, 0, 2));
  assert.deepEqual([...await Deno.readFile(path)], [1, 1, 1, 3, 3]);
});

Deno.test({
  name: "writeStream() does not call a file written that the disk has no room for",
  ignore: Deno.build.os !== "linux", // it has a device that is always full
  async fn() {
    await assert.rejects(writeStream(DISK, "/dev/full", streamOf(10)), { code: "ENOSPC" });
  },
});

import assert from "node:assert/strict";
import { byteSource } from "../../../lib/data/formats/byte_source.ts";
import { cifarImages } from "../../../lib/data/formats/cifar.ts";
import { gunzip } from "../../../lib/data/formats/gunzip.ts";
import { untar } from "../../../lib/data/formats/untar.ts";
import { damage } from "../../support/damage.ts";
import { cifarFile, inPieces, patternBytes, tarGz, tarHeader } from "../../support/files.ts";

/** Reads the two members that `archive` below has. */
async function readArchive(bytes: Uint8Array): Promise<string[]> {
  const { read } = cifarImages(1, { labelClasses: [10], records: 2 });
  const names: string[] = [];
  for await (const { path, content } of untar("a.tar.gz", gunzip("a.tar.gz", inPieces(bytes)))) {
    names.push(path);
    if (path.endsWith("b.bin")) await read({ name: "b.bin", content }, 0);
  }
  return names;
}

const archive = await tarGz({
  "x/notes.txt": patternBytes(61),
  "x/b.bin": cifarFile(2, [10], 1),
  "x/empty": new Uint8Array(0),
  "x/more.txt": patternBytes(700),
});

Deno.test("untar() gives the members in order, read or not", async () => {
  assert.deepEqual(await readArchive(archive), ["x/notes.txt", "x/b.bin", "x/empty", "x/more.txt"]);
});

Deno.test("gunzip() and untar() close what they read when nobody wants the rest", async () => {
  const large = await tarGz({ large: patternBytes(8_000_000) });
  for (const leaves of ["gunzip", "untar"]) {
    let [isClosed, given] = [false, 0];
    const chunks = async function* () {
      try {
        for (let at = 0; at < large.length; at += 1000) {
          given = at;
          yield large.subarray(at, at + 1000);
        }
      } finally {
        isClosed = true;
      }
    };
    const unpacked = gunzip("a", chunks());
    if (leaves === "gunzip") { for await (const _ of unpacked) break; }
    else for await (const _ of untar("a", unpacked)) break;
    assert.ok(isClosed, leaves);
    assert.ok(given < large.length / 2, `${leaves} read ${given} of ${large.length} bytes`);
  }
});

Deno.test("untar() gives a named error for every damage that gzip can see", async () => {
  let refused = 0;
  for (const { what, bytes } of damage(archive, 3)) {
    try {
      assert.equal((await readArchive(bytes)).length, 4, what);
    } catch (error) {
      const isNamed = error instanceof SyntaxError || error instanceof RangeError;
      assert.ok(
        isNamed && /^Cannot (read|use) (a\.tar\.gz|b\.bin)/.test(error.message),
        `${what}: ${error}`,
      );
      refused++;
    }
  }
  assert.ok(refused > 50, `${refused}`);
});

Deno.test("untar() never breaks down over damage without gzip's checks", async () => {
  const plain = new Uint8Array(
    await new Response(ReadableStream.from(gunzip("", inPieces(archive)))).arrayBuffer(),
  );
  let refused = 0;
  for (const { what, bytes } of damage(plain, 4, 60)) {
    try {
      for await (const { content } of untar("a.tar", inPieces(bytes))) {
        for await (const _ of content);
      }
    } catch (error) {
      assert.ok(error instanceof SyntaxError, `${what}: ${error}`);
      assert.match(error.message, /^Cannot read a\.tar: it is no sound tar archive \(.+\)/, what);
      refused++;
    }
  }
  assert.ok(refused > 50, `${refused}`);
});

Deno.test("untar() reads only a few megabytes ahead of who reads the members", async () => {
  const size = 32 * 2 ** 20;
  const chunk = patternBytes(2 ** 18);
  let given = 0;
  const archive = async function* () {
    yield await tarHeader("large", size);
    for (; given < size; given += chunk.length) yield chunk;
    yield new Uint8Array(1024);
  };
  let ahead = 0;
  for await (const { content } of untar("a.tar", archive())) {
    await using source = byteSource("large", content);
    const record = new Uint8Array(2 ** 19);
    for (let read = 0; read < size; read += record.length) {
      await source.fill(record);
      // Whoever wants to run ahead may: the event loop goes round several times.
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
      ahead = Math.max(ahead, given - source.position);
    }
    await source.end();
  }
  assert.equal(given, size);
  assert.ok(ahead < 8 * 2 ** 20, `${ahead} bytes`);
});

import assert from "node:assert/strict";
import { byteSource } from "../../../lib/data/formats/byte_source.ts";
import { inPieces, patternBytes } from "../../support/files.ts";

Deno.test("byteSource() gives the same bytes in whatever pieces they come", async () => {
  const bytes = patternBytes(5000);
  await using source = byteSource("toy", inPieces(bytes));
  const read: number[] = [];
  for (const length of [1, 0, 999, 3000, 1000]) {
    const target = new Uint8Array(length);
    await source.fill(target);
    read.push(...target);
  }
  assert.equal(source.position, 5000);
  await source.end();
  assert.deepEqual(Uint8Array.from(read), bytes);
});

Deno.test("byteSource() says where bytes end or go on", async () => {
  await using short = byteSource("toy", inPieces(patternBytes(10)));
  await assert.rejects(short.fill(new Uint8Array(11)), {
    name: "SyntaxError",
    message: "Cannot read toy: it ends after 10 bytes, want 11",
  });
  await using long = byteSource("toy", inPieces(patternBytes(10)));
  await long.fill(new Uint8Array(4));
  await assert.rejects(long.end(), /Cannot read toy: it goes on after 4 bytes/);
});

Deno.test("byteSource() closes what it reads when it is disposed of half way", async () => {
  let closed = false;
  const chunks = async function* () {
    try {
      for (;;) yield await Promise.resolve(new Uint8Array(4));
    } finally {
      closed = true;
    }
  };
  {
    await using source = byteSource("toy", chunks());
    await source.fill(new Uint8Array(6));
  }
  assert.ok(closed);
});

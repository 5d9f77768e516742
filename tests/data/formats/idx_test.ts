import assert from "node:assert/strict";
import { gunzip } from "../../../lib/data/formats/gunzip.ts";
import { readIdxImages } from "../../../lib/data/formats/idx.ts";
import { damage } from "../../support/damage.ts";
import { gzip, idxFile, inPieces, patternBytes } from "../../support/files.ts";

const pixels = patternBytes(6 * 4 * 5);
const labels = Uint8Array.of(3, 0, 9, 1, 1, 7);
const imageFile = idxFile([6, 4, 5], pixels);
const labelFile = idxFile([6], labels);

function read(images: Uint8Array, labels: Uint8Array) {
  return readIdxImages(
    { name: "images", content: inPieces(images) },
    { name: "labels", content: inPieces(labels) },
  );
}

Deno.test("readIdxImages() gives the bytes that were written", async () => {
  assert.deepEqual(await read(imageFile, labelFile), {
    pixels,
    labels,
    shape: [4, 5, 1],
    classes: 10,
  });
});

Deno.test("readIdxImages() refuses what is not the format, with the reason", async () => {
  const wrong: [Uint8Array, Uint8Array, RegExp][] = [
    [labelFile, labelFile, /Cannot read images: it begins with 00 00 08 01, want 00 00 08 03/],
    [imageFile, imageFile, /Cannot read labels: it begins with 00 00 08 03, want 00 00 08 01/],
    [imageFile.subarray(0, -1), labelFile, /Cannot read images: it ends after 135 bytes, want 136/],
    [Uint8Array.of(...imageFile, 0), labelFile, /Cannot read images: it goes on after 136 bytes/],
    [imageFile, idxFile([5], labels.subarray(1)), /labels: it has 5 labels for the 6 of images/],
    [imageFile, idxFile([6], Uint8Array.of(0, 1, 2, 10, 4, 5)), /label 3 is 10, want 0 to 9/],
    [idxFile([2 ** 31, 28, 28], pixels), labelFile, /header claims the shape \[2147483648, 28/],
    [idxFile([0, 28, 28], pixels), labelFile, /header claims the shape \[0, 28, 28\]/],
  ];
  for (const [images, labels, message] of wrong) {
    await assert.rejects(read(images, labels), message);
  }
});

Deno.test("readIdxImages() gives a named error for every damage that gzip can see", async () => {
  const packed = await gzip(imageFile);
  let refused = 0;
  for (const { what, bytes } of damage(packed, 1)) {
    try {
      const content = gunzip("images.gz", inPieces(bytes));
      const found = await readIdxImages(
        { name: "images", content },
        { name: "labels", content: inPieces(labelFile) },
      );
      // Some bytes of gzip's header say nothing of the content.
      assert.deepEqual(found.pixels, pixels, what);
    } catch (error) {
      assert.ok(error instanceof SyntaxError, `${what}: ${error}`);
      assert.match(error.message, /^Cannot read images/, what);
      refused++;
    }
  }
  assert.ok(refused > 50, `${refused}`);
});

Deno.test("readIdxImages() never breaks down over damage without gzip's checks", async () => {
  for (const { what, bytes } of damage(labelFile, 2, 40)) {
    try {
      const { labels } = await read(imageFile, bytes);
      assert.equal(labels.length, 6, what); // other labels, but labels
      assert.ok(labels.every((label) => label < 10), what);
    } catch (error) {
      assert.ok(error instanceof SyntaxError || error instanceof RangeError, `${what}: ${error}`);
      assert.match(error.message, /^Cannot (read|use) labels/, what);
    }
  }
});

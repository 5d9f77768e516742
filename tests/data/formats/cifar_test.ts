import assert from "node:assert/strict";
import { cifarImages } from "../../../lib/data/formats/cifar.ts";
import { cifarFile, inPieces } from "../../support/files.ts";

Deno.test("cifarImages() interleaves the planes of each record", async () => {
  const file = cifarFile(3, [10], 4);
  const { images, read } = cifarImages(2, { labelClasses: [10], records: 3 });
  await read({ name: "b", content: inPieces(file) }, 1);
  assert.deepEqual(images.labels, Uint8Array.of(0, 0, 0, 4, 5, 6));
  const record = 2;
  for (const [y, x, c] of [[0, 0, 0], [0, 1, 2], [31, 30, 1], [7, 0, 2]] as const) {
    const stored = file[record * 3073 + 1 + c * 1024 + y * 32 + x];
    assert.equal(images.pixels[((3 + record) * 1024 + y * 32 + x) * 3 + c], stored);
  }
});

Deno.test("cifarImages() keeps the fine label of CIFAR-100 and checks both", async () => {
  const format = { labelClasses: [20, 100], records: 2 };
  const file = cifarFile(2, [20, 100], 40);
  const { images, read } = cifarImages(1, format);
  await read({ name: "train.bin", content: inPieces(file) }, 0);
  assert.deepEqual(images.labels, Uint8Array.of(41, 42));
  assert.equal(images.classes, 100);
  const stray = (at: number, label: number) => {
    const changed = file.slice();
    changed[at] = label;
    return cifarImages(1, format).read({ name: "train.bin", content: inPieces(changed) }, 0);
  };
  await assert.rejects(stray(3074, 20), /Cannot use train.bin: coarse label 1 is 20, want 0 to 19/);
  await assert.rejects(stray(1, 100), /Cannot use train.bin: label 0 is 100, want 0 to 99/);
});

Deno.test("cifarImages() refuses a file of another length", async () => {
  const { read } = cifarImages(1, { labelClasses: [10], records: 2 });
  const file = cifarFile(3, [10], 0);
  await assert.rejects(read({ name: "b", content: inPieces(file) }, 0), /goes on after 6146 bytes/);
  await assert.rejects(
    read({ name: "b", content: inPieces(file.subarray(0, 5000)) }, 0),
    /Cannot read b: it ends after 5000 bytes, want 6146/,
  );
});

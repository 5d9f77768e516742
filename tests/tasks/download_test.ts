import assert from "node:assert/strict";
import { z } from "zod";
import type { Dataset } from "../../lib/data/dataset.ts";
import { network } from "../../lib/networks/zoo.ts";
import { checkFit } from "../../lib/objective/check_fit.ts";
import { readDataset } from "../../lib/study/artifacts.ts";
import download from "../../tasks/download.ts";
import { fakeContext } from "../support/fake_context.ts";
import { sayTones, writeCorpus } from "../support/speech_corpus.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
const parameters = { dataset: "mnist-10k", train: 8000, test: 2000, seed: 1 } as const;
await download.run(fakeContext({ parameters, folder }));
const [train, test] = [await readDataset(`${folder}/train`), await readDataset(`${folder}/test`)];
const summary = JSON.parse(await Deno.readTextFile(`${folder}/summary`));
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

Deno.test("download's summary counts what the files hold", () => {
  for (const [name, { features, labels, count }] of Object.entries({ train, test })) {
    const { perClass, pixelMean, ...part } = summary[name];
    assert.equal(part.count, count);
    assert.equal(perClass[3], labels.filter((label) => label === 3).length);
    const mean = features.reduce((sum, pixel) => sum + pixel, 0) / features.length;
    assert.ok(Math.abs(pixelMean - mean) < 1e-7); // features are rounded to float32
  }
  assert.equal(summary.splitSeed, 1);
});

Deno.test("download makes small parts that are contained in large ones", async () => {
  const small = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    const sizes = { ...parameters, train: 400, test: 100 } as const;
    await download.run(fakeContext({ parameters: sizes, folder: small }));
    const imagesOf = ({ features, count }: Dataset) =>
      Array.from({ length: count }, (_, i) => features.subarray(i * 784, (i + 1) * 784).join());
    for (const [part, whole] of [["train", train], ["test", test]] as const) {
      const all = new Set(imagesOf(whole));
      const dataset = await readDataset(`${small}/${part}`);
      assert.equal(dataset.count, sizes[part]);
      assert.ok(imagesOf(dataset).every((image) => all.has(image)), part);
    }
  } finally {
    await Deno.remove(small, { recursive: true });
  }
});

Deno.test("download labels stand-ins as synthetic, in the files and in the summary", async () => {
  await using folder = await temporaryFolder();
  const parameters = { dataset: "synthetic-cifar-100", train: 30, test: 20, seed: 1 } as const;
  await download.run(fakeContext({ parameters, folder: folder.path }));
  const { name, count, featureShape } = await readDataset(`${folder.path}/train`);
  assert.deepEqual([name, count, featureShape], ["synthetic-cifar-100", 30, [32, 32, 3]]);
  const { source } = JSON.parse(await Deno.readTextFile(`${folder.path}/summary`));
  assert.equal(source, "synthetic, drawn with seed 1; no real data");
});

Deno.test({
  name:
    "download takes all of Fashion-MNIST, or a stratified part (skipped without Debian's package)",
  ignore: !await Deno.stat("/usr/share/datasets/fashion-mnist").then(() => true, () => false),
  async fn() {
    for (const sizes of [{}, { train: 500, test: 200 }]) {
      await using folder = await temporaryFolder();
      const parameters = { dataset: "fashion-mnist", seed: 1, ...sizes } as const;
      await download.run(fakeContext({ parameters, folder: folder.path }));
      const summary = JSON.parse(await Deno.readTextFile(`${folder.path}/summary`));
      const { train = 60_000, test = 10_000 } = sizes as { train?: number; test?: number };
      assert.deepEqual(summary.train.perClass, new Array(10).fill(train / 10));
      assert.deepEqual(summary.test.perClass, new Array(10).fill(test / 10));
      assert.match(summary.digest, /^sha256:/);
      const dataset = await readDataset(`${folder.path}/test`);
      assert.deepEqual([dataset.name, dataset.count], ["fashion-mnist", test]);
    }
  },
});

Deno.test("download's parameters let a profile say that it wants all examples", () => {
  const { data } = download.parameters.safeParse({ ...parameters, train: "all" });
  assert.deepEqual([data!.train, data!.test], [undefined, 2000]);
});

Deno.test("download's parameters refuse unknown data sets, sizes and digests", () => {
  const refused: [Record<string, unknown>, RegExp][] = [
    [{ dataset: "minst" }, /expected one of "mnist-10k"\|"mnist"\|"fashion-mnist"\|"cifar-10"/],
    [{ train: 0 }, /train/],
    [{ test: "most" }, /test/],
    [{ digest: "md5:1" }, /want sha256: and 64 hex digits/],
    [{ size: 3 }, /Unrecognized key: "size"/],
  ];
  for (const [change, message] of refused) {
    const { error } = download.parameters.safeParse({ ...parameters, ...change });
    assert.match(z.prettifyError(error!), message);
  }
});

Deno.test("download reads the user's TIMIT, which F2 can be trained on", async () => {
  await using folder = await temporaryFolder();
  const dataDir = `${folder.path}/corpus`;
  await writeCorpus(dataDir, sayTones, { format: "sphere" });
  const parameters = { dataset: "timit", phones: 39, dataDir, train: 200, seed: 1 } as const;
  const run = (digest?: string) =>
    download.run(fakeContext({
      parameters: { ...parameters, ...digest !== undefined && { digest } },
      folder: folder.path,
    }));
  const asked: Error = await run().then(() => assert.fail("no digest was asked for"), (e) => e);
  assert.equal(asked.stack, `Error: ${asked.message}`); // no stack for the user
  await run(/--digest (sha256:\S+)$/.exec(asked.message)![1]!);
  const train = await readDataset(`${folder.path}/train`);
  const test = await readDataset(`${folder.path}/test`);
  assert.equal(train.count, 200);
  assert.ok(test.count > 100);
  for (const part of [train, test]) {
    assert.equal(part.name, "timit-39x3");
    checkFit(network("F2"), part, 100);
  }
});

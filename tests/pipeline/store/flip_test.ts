/** One flipped byte, in every file of a store in turn, at places that a seed chooses. */
import assert from "node:assert/strict";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { readingEverything, verifyStore } from "../../../lib/pipeline/store/verify.ts";
import { dice } from "../../support/dice.ts";
import { flip } from "../../support/flip.ts";
import { studyHere } from "../in_process.ts";

Deno.test("a flipped byte in any file of the store never gives wrong bytes", async () => {
  await using study = await studyHere();
  await study.run();
  const good = study.view();
  assert.equal(Object.keys(good).length, 8);
  const place = dice(20170209);
  const files = study.storedFiles();
  let repaired = 0;
  for (let round = 0; round < 2; round++) {
    for (const path of files) {
      const what = flip(path, place);
      if (what === undefined) continue;
      const name = relative(study.folder, path);
      if (name === "artifacts/FORMAT") {
        await assert.rejects(study.run(), RangeError, what);
        writeFileSync(path, "1\n");
        continue;
      }
      const { summary, events } = await study.run();
      assert.deepEqual(summary.failed, [], what);
      assert.deepEqual(summary.unrepaired, [], what);
      assert.equal(summary.results.size, 4, what);
      assert.deepEqual(study.view(), good, what);
      const isResult = /artifacts\/(store|keys)\//.test(name);
      const repairs = events.filter(({ type }) => type === "repaired").length;
      if (isResult) assert.ok(repairs > 0, `nobody noticed ${what}`);
      repaired += repairs;
    }
  }
  assert.ok(repaired >= 20);
});

Deno.test("verifyStore() finds a flipped byte in every object, record and note", async () => {
  await using study = await studyHere();
  const { workspace: { layout } } = await study.run();
  const full = () =>
    verifyStore(layout, { damaged: readingEverything(layout), isFull: true }).damaged;
  assert.deepEqual(full(), []);
  const place = dice(7);
  const checked = study.storedFiles()
    .filter((path) => /\/(keys|blobs|trees)\/|manifest\.json$|key\.json$/.test(path));
  assert.ok(checked.length > 20);
  for (const path of checked) {
    const what = flip(path, place)!;
    const [damage, ...others] = full();
    assert.ok(damage, what);
    assert.deepEqual(others, [], what);
    assert.ok(!existsSync(path), "it is moved aside");
    if (path.includes("/store/")) assert.ok(damage.of.length > 0, `${what} belongs to a cell`);
    await study.run();
    assert.deepEqual(full(), [], `after the repair of ${what}`);
  }
});

Deno.test("verifyStore() finds nothing the second time, whatever nobody needs any more", async () => {
  await using study = await studyHere();
  const { workspace: { layout }, summary } = await study.run();
  const full = () =>
    verifyStore(layout, { damaged: readingEverything(layout), isFull: true }).damaged.length;
  const tree = study.storedFiles().find((path) => path.includes("/trees/"))!;
  const [, hex] = /"sha256":"([0-9a-f]{64})"/.exec(await Deno.readTextFile(tree))!;
  const blob = layout.blob(hex!);
  // The listing stays behind when the record goes; then a file that it lists goes too.
  for (const { key } of summary.results.values()) rmSync(layout.record(key));
  flip(blob, dice(5));
  assert.deepEqual([full(), full()], [1, 0]);
});

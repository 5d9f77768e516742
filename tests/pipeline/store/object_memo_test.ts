import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fs from "node:fs";
import { sha256 } from "../../../lib/pipeline/key/canonical.ts";
import { DISK } from "../../../lib/pipeline/store/disk.ts";
import { layoutOf, prepareLayout } from "../../../lib/pipeline/store/layout.ts";
import { openObjectMemo } from "../../../lib/pipeline/store/object_memo.ts";
import { putFile, putFolder } from "../../../lib/pipeline/store/objects.ts";
import { recordText } from "../../../lib/pipeline/store/record.ts";

/** A store with one object, and how often objects were opened. */
async function storeOfOne() {
  const root = await Deno.makeTempDir({ prefix: "basin-memo-" });
  const opened = { count: 0 };
  const layout = layoutOf(root, {
    ...DISK,
    openSync: (...args: Parameters<typeof fs.openSync>) => {
      if (args[1] === "r") opened.count++;
      return fs.openSync(...args);
    },
    readFileSync: ((...args: Parameters<typeof fs.readFileSync>) => {
      if (!String(args[0]).includes("/memo/")) opened.count++;
      return fs.readFileSync(...args);
    }) as typeof fs.readFileSync,
  });
  prepareLayout(layout);
  const path = join(root, "x");
  writeFileSync(path, "content");
  const { digest } = putFile(layout, path);
  opened.count = 0;
  const blob = layout.blob(digest.slice(5));
  return {
    layout,
    digest,
    blob,
    opened,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("openObjectMemo() reads an object once, and again when it has changed", async () => {
  await using store = await storeOfOne();
  const { layout, digest, blob, opened } = store;
  const later = () => Date.now() + 10_000; // so that the object counts as old
  const look = () => {
    const memo = openObjectMemo(layout, later);
    const damaged = memo.damaged(digest);
    memo.save();
    return damaged;
  };
  assert.deepEqual([look(), look(), look()], [[], [], []]);
  assert.equal(opened.count, 1);
  chmodSync(blob, 0o644);
  writeFileSync(blob, "CONTENT");
  assert.deepEqual(look(), [digest]);
  utimesSync(blob, 1, 1);
  assert.deepEqual(look(), [digest], "damage is never remembered as sound");
  writeFileSync(blob, "content");
  assert.deepEqual(look(), []);
});

Deno.test("openObjectMemo() reads listings and records once, and again when they have changed", async () => {
  await using store = await storeOfOne();
  const { layout, opened } = store;
  const folder = join(layout.root, "folder");
  mkdirSync(folder);
  for (const name of ["a", "b", "c"]) writeFileSync(join(folder, name), name === "c" ? "a" : name);
  const output = putFolder(layout, folder);
  const key = "0".repeat(64);
  const record = {
    schema: 1,
    key,
    status: "ok",
    outputs: { folder: output },
    attempt: "0/1",
    seconds: 1,
  } as const;
  mkdirSync(dirname(layout.record(key)), { recursive: true });
  writeFileSync(layout.record(key), recordText(record));
  opened.count = 0;
  const later = () => Date.now() + 10_000;
  const look = () => {
    const memo = openObjectMemo(layout, later);
    const found = [memo.record(key), memo.damaged(output.digest)];
    memo.save();
    return found;
  };
  for (let i = 0; i < 3; i++) assert.deepEqual(look(), [record, []]);
  assert.equal(opened.count, 1 + 1 + 2, "the record, the listing and two different blobs");

  const a = sha256("a");
  rmSync(layout.blob(a));
  assert.deepEqual(look(), [record, [`blob:${a}`]]);
  writeFileSync(layout.tree(output.digest.slice(5)), "{}");
  assert.deepEqual(look(), [record, [output.digest]]);
  writeFileSync(layout.record(key), recordText(record).replace("0/1", "0/2"));
  assert.deepEqual([look()[0], look()[0]], ["damaged", "damaged"]);
  rmSync(layout.record(key));
  assert.equal(look()[0], undefined);
});

Deno.test("openObjectMemo() counts a memo with a changed byte as empty", async () => {
  await using store = await storeOfOne();
  const { layout, digest, blob } = store;
  const memo = openObjectMemo(layout, () => Date.now() + 10_000);
  memo.damaged(digest);
  memo.save();
  const path = join(layout.memo, "objects.json");
  const text = readFileSync(path, "utf8");
  chmodSync(blob, 0o644);
  writeFileSync(blob, "CONTENT");
  const { mtime, ctime } = await Deno.stat(blob);
  // Forged so that the damage would be believed sound, without its digest.
  const times = `[7,${mtime!.getTime()},${ctime!.getTime()},${Date.now() + 1e6}]`;
  writeFileSync(path, text.replace(/\[7,[^\]]*\]/, times));
  assert.notEqual(readFileSync(path, "utf8"), text);
  assert.deepEqual(openObjectMemo(layout, Date.now).damaged(digest), [digest]);
});

Deno.test("openObjectMemo() trusts nothing that is younger than the clock's tick", async () => {
  await using store = await storeOfOne();
  const { layout, digest, opened } = store;
  for (let i = 1; i <= 3; i++) {
    const memo = openObjectMemo(layout, Date.now);
    assert.deepEqual(memo.damaged(digest), []);
    memo.save();
    assert.equal(opened.count, i);
  }
});

import assert from "node:assert/strict";
import { chmodSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fs from "node:fs";
import { DISK } from "../../../lib/pipeline/store/disk.ts";
import { layoutOf, prepareLayout } from "../../../lib/pipeline/store/layout.ts";
import { openObjectMemo } from "../../../lib/pipeline/store/object_memo.ts";
import { putFile } from "../../../lib/pipeline/store/objects.ts";

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

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { canonicalJson, sha256 } from "../../../lib/pipeline/key/canonical.ts";
import { layoutOf } from "../../../lib/pipeline/store/layout.ts";
import { parseRecord } from "../../../lib/pipeline/store/record.ts";
import { seal } from "../../../lib/pipeline/store/sealed.ts";
import { readTree } from "../../../lib/pipeline/store/tree.ts";
import { studyHere } from "../in_process.ts";

Deno.test("readTree() refuses listings that no folder can have", async () => {
  const folder = await Deno.makeTempDir({ prefix: "basin-test-" });
  try {
    const layout = layoutOf(folder);
    const read = (...paths: string[]) => {
      const files = paths.map((path) => ({ path, sha256: "0".repeat(64), bytes: 0 }));
      const text = canonicalJson({ type: "tree", files });
      const hex = sha256(text);
      mkdirSync(dirname(layout.tree(hex)), { recursive: true });
      writeFileSync(layout.tree(hex), text);
      return readTree(layout, hex);
    };
    for (const sound of [[], ["a"], ["a", "a.b", "b/c", "b/d"], ["ä/b c", "…"]]) {
      assert.ok(read(...sound), JSON.stringify(sound));
    }
    const wrong = [
      [""],
      ["."],
      [".."],
      ["/a"],
      ["a/"],
      ["a//b"],
      ["a/./b"],
      ["a/../b"],
      ["a\0b"],
      ["n".repeat(256)],
      ["ä".repeat(128)],
      ["d/".repeat(1600) + "f"],
      ["b", "a"],
      ["a", "a"],
      ["a", "a/b"],
      ["a", "a-b", "a/b/c"],
    ];
    for (const paths of wrong) assert.equal(read(...paths), undefined, JSON.stringify(paths));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a record that its stage cannot have written is thrown out, and its cell runs again", async () => {
  await using study = await studyHere();
  const { workspace, summary } = await study.run();
  const good = study.view();
  const [cell, record] = [...summary.results].find(([{ id }]) => id.startsWith("grow"))!;
  const { metrics, folder } = record.outputs as Record<string, (typeof record.outputs)[string]>;
  const forged = {
    "a file for a folder": { metrics: metrics!, folder: metrics! },
    "a folder for a file": { metrics: folder!, folder: folder! },
    "one too few": { metrics: metrics! },
    "one too many": { metrics: metrics!, folder: folder!, more: metrics! },
    none: {},
  };
  for (const [how, outputs] of Object.entries(forged)) {
    const path = workspace.layout.record(record.key);
    assert.ok(existsSync(path));
    await Deno.chmod(path, 0o644);
    writeFileSync(path, seal({ ...record, outputs }));
    const again = await study.run();
    assert.deepEqual(again.summary.ran.map(({ id }) => id), [cell.id], how);
    const kept = parseRecord(readFileSync(path, "utf8"), record.key)!;
    assert.deepEqual(kept.outputs, record.outputs, how);
    assert.deepEqual(study.view(), good, how);
  }
});

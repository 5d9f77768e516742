import assert from "node:assert/strict";
import { basename, dirname } from "node:path";
import { viewFolder, viewRoot } from "../../../lib/pipeline/store/view.ts";
import { studyHere } from "../in_process.ts";

Deno.test("viewFolder() gives each cell a name that a disk has room for, in any script", async () => {
  const labels = ["雪", "é", "a", "🌲"].map((letter) => letter.repeat(letter === "🌲" ? 50 : 84));
  const meanings = labels.map((label, i) => `"${label}": { trial: ${i} }`).join(", ");
  await using study = await studyHere(`version: 1
seed: 3
axes: { one: { ${meanings} }, two: { ${labels.map((label) => `"${label}": null`).join(", ")} } }
stages:
  make: { run: make.ts, outputs: { out: out.json } }
  grow:
    run: grow.ts
    matrix: [one, two]
    inputs: { made: make.out }
    outputs: { metrics: metrics.json, folder: folder/ }
`);
  const { workspace, summary } = await study.run();
  assert.equal(summary.results.size, 17);
  const root = viewRoot(workspace.layout, "default");
  const folders = new Set([...summary.results.keys()].map((cell) => viewFolder(root, cell)));
  assert.equal(folders.size, 17);
  for (const folder of folders) {
    assert.ok(new TextEncoder().encode(basename(folder)).length <= 255, folder);
    assert.ok((await Deno.stat(folder)).isDirectory);
  }
});

Deno.test("viewFolder() gives ad-hoc cells folders of their own, whatever the values of flags", async () => {
  await using study = await studyHere();
  const { graph } = await study.open();
  const cell = graph.get("make")!;
  const texts = ["a/b", "ab", "a\\b", "a\nb", "anb", 'a"b'];
  const folders = texts.map((text) =>
    viewFolder("/view", { ...cell, adhoc: true, id: `make{text=${JSON.stringify(text)}}` })
  );
  assert.equal(new Set(folders).size, texts.length);
  for (const folder of folders) assert.equal(dirname(folder), "/view/_adhoc/make");
  assert.equal(folders[1], "/view/_adhoc/make/{text=ab}");
});

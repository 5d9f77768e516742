import assert from "node:assert/strict";
import { formatResults, resultRows } from "../../../lib/pipeline/verbs/results_table.ts";
import { tidyTable } from "../../../lib/pipeline/verbs/tidy.ts";
import { studyHere } from "../in_process.ts";

Deno.test("resultRows() and tidyTable() have what a list of measures holds, by its names", async () => {
  await using study = await studyHere();
  const path = `${study.folder}/grow.ts`;
  const text = await Deno.readTextFile(path);
  const measures = '{ text, loss: 0.25, measures: [{ name: "bits", amount: 3, how: "by 2" }] }';
  await Deno.writeTextFile(path, text.replace("{ text, loss: 0.25 }", measures));
  const { workspace, summary } = await study.run();
  const cells = [...summary.results.keys()].filter(({ stage }) => stage.name === "grow");
  const rows = resultRows(workspace.layout, cells, summary.results);
  assert.deepEqual(rows.map(({ trial, bits, loss }) => ({ trial, bits, loss })), [
    { trial: "0", bits: 3, loss: 0.25 },
    { trial: "1", bits: 3, loss: 0.25 },
  ]);
  assert.match(formatResults(rows, ["trial"]), /in all: bits 3, /);
  const table = tidyTable(workspace, summary.results);
  assert.ok(table.get("measures.bits.amount")!.includes(3));
  assert.ok(table.get("measures.bits.how")!.includes("by 2"));
  assert.ok(!table.has("measures"), "a list is no column");
});

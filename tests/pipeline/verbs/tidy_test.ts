import assert from "node:assert/strict";
import { parquetReadObjects } from "hyparquet";
import { tidyCsv, tidyParquet, tidyTable, writeTidy } from "../../../lib/pipeline/verbs/tidy.ts";
import { studyHere } from "../in_process.ts";

Deno.test("tidyTable() has a row a cell, with its axes, parameters and results", async () => {
  await using study = await studyHere();
  const { workspace, summary } = await study.run();
  const table = tidyTable(workspace, summary.results);
  const column = (name: string) => table.get(name)!;
  assert.deepEqual([...column("stage")].sort(), ["grow", "grow", "make", "sum"]);
  const of = (name: string, stage: string) =>
    column(name).filter((_, i) => column("stage")[i] === stage);
  assert.deepEqual([...of("axis.trial", "grow")].sort(), ["0", "1"]);
  assert.deepEqual([...of("param.trial", "grow")].sort(), [0, 1]);
  assert.deepEqual(of("loss", "grow"), [0.25, 0.25]);
  assert.deepEqual(of("loss", "sum"), [null]);
  assert.ok(column("key").every((key) => /^[0-9a-f]{64}$/.test(String(key))));
});

Deno.test("tidyTable() keeps its own columns where results have fields of the same names", async () => {
  await using study = await studyHere();
  const grow = `${study.folder}/grow.ts`;
  const text = await Deno.readTextFile(grow);
  const fields = 'loss: 0.25, seconds: -1, stage: "mine", axis: { trial: 9 }';
  await Deno.writeTextFile(grow, text.replace("loss: 0.25", fields));
  const { workspace, summary } = await study.run();
  const table = tidyTable(workspace, summary.results);
  assert.deepEqual(table.get("stage")!.toSorted(), ["grow", "grow", "make", "sum"]);
  assert.ok(table.get("seconds")!.every((seconds) => Number(seconds) >= 0));
  for (const [name, value] of [["seconds", -1], ["stage", "mine"], ["axis.trial", 9]] as const) {
    const values = table.get(`result.${name}`)!.filter((each) => each !== null);
    assert.deepEqual(values, [value, value], name);
  }
});

const TABLE = new Map([
  ["name", ["a", 'b,"c"', null]],
  ["number", [1.5, NaN, null]],
  ["truth", [true, false, null]],
  ["mixed", ["x", 2, true]],
  ["none", [null, null, null]],
]);

Deno.test("tidyCsv() quotes what has to be quoted", () => {
  const lines = [
    "name,number,truth,mixed,none",
    "a,1.5,true,x,",
    '"b,""c""",NaN,false,2,',
    ",,,true,",
  ];
  assert.equal(tidyCsv(TABLE), [...lines, ""].join("\r\n"));
  assert.equal(tidyCsv(new Map()), "\r\n");
});

Deno.test("tidyParquet() is read back as it was, text for all that is mixed", async () => {
  const bytes = tidyParquet(TABLE);
  const rows = await parquetReadObjects({ file: bytes.buffer as ArrayBuffer });
  assert.deepEqual(rows.map(({ name }) => name ?? null), ["a", 'b,"c"', null]);
  assert.deepEqual(rows.map(({ number }) => number ?? null), [1.5, NaN, null]);
  assert.deepEqual(rows.map(({ truth }) => truth ?? null), [true, false, null]);
  assert.deepEqual(rows.map(({ mixed }) => mixed), ["x", "2", "true"]);
  assert.deepEqual(rows.map(({ none }) => none ?? null), [null, null, null]);
});

Deno.test("writeTidy() refuses other kinds of file, and folders that are not there", () => {
  assert.throws(() => writeTidy("a.xlsx", TABLE), /want a name that ends in \.csv or \.parquet/);
  assert.throws(() => writeTidy("/nowhere/a.csv", TABLE), /^RangeError: Cannot write \/nowhere/);
});

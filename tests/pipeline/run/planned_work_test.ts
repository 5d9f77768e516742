import assert from "node:assert/strict";
import { loadEstimates, workOf } from "../../../lib/pipeline/run/planned_work.ts";
import { studyHere, studyOfCells } from "../in_process.ts";

const ESTIMATES = `export default { operationsPerSecond: 10, stages: {
  "grow.ts": ({ parameters, inputs }) => ({ operations: parameters.trial, bytes: inputs.made.length }),
  "make.ts": () => { throw new RangeError("no such parameter"); } } };`;

Deno.test("loadEstimates() loads the study's module, and refuses one that is none", async () => {
  const opened = async (work: string, text: string) => {
    await using study = await studyHere(studyOfCells(4) + `work: ${work}\n`);
    await Deno.writeTextFile(`${study.folder}/work.ts`, text);
    return await loadEstimates(await study.open());
  };
  assert.equal((await opened("work.ts", ESTIMATES))?.operationsPerSecond, 10);
  await assert.rejects(() => opened("grow.ts", ""), {
    name: "RangeError",
    message: /Cannot estimate work by .*grow\.ts: its default export has no `stages`/,
  });
  const nowhere = "export default { operationsPerSecond: 1, stages: null }";
  await assert.rejects(() => opened("work.ts", nowhere), /work\.ts: its default export has no/);
  for (const text of ['throw new Error("no rate")', 'throw "no rate"']) {
    await assert.rejects(() => opened("work.ts", text), {
      name: "RangeError",
      message: /Cannot estimate work by .*work\.ts: no rate; mend it, or remove `work`/,
    });
  }
  await using plain = await studyHere();
  assert.equal(await loadEstimates(await plain.open()), undefined);
});

Deno.test("workOf() hands over parameters and inputs, and knows nothing where an estimate throws", async () => {
  await using study = await studyHere(studyOfCells(4) + "work: work.ts\n");
  await Deno.writeTextFile(`${study.folder}/work.ts`, ESTIMATES);
  const workspace = await study.open();
  const work = workOf(workspace, await loadEstimates(workspace));
  const cells = [...workspace.graph.values()];
  assert.deepEqual(cells.map((cell) => work(cell)), [
    undefined,
    { operations: 0, bytes: 1 },
    { operations: 1, bytes: 1 },
    undefined,
  ]);
  assert.deepEqual(work(cells[2]!, { trial: 7 }), { operations: 7, bytes: 1 });
});

Deno.test("workOf() knows nothing where an estimate gives no numbers", async () => {
  await using study = await studyHere();
  const workspace = await study.open();
  const [cell] = workspace.graph.values();
  const of = (work: unknown) =>
    workOf(workspace, {
      operationsPerSecond: 1,
      stages: { "make.ts": () => work as { operations: number; bytes: number } },
    })(cell!);
  for (const operations of [NaN, Infinity, -1, "1", undefined]) {
    assert.equal(of({ operations, bytes: 1 }), undefined);
    assert.equal(of({ operations: 1, bytes: operations }), undefined);
  }
  assert.equal(of(3), undefined);
  assert.deepEqual(of({ operations: 1, bytes: 0 }), { operations: 1, bytes: 0 });
});

import assert from "node:assert/strict";
import type { Cell } from "../../../lib/pipeline/plan/cell.ts";
import { forecast, freeBytes } from "../../../lib/pipeline/run/forecast.ts";
import type { PlannedCell } from "../../../lib/pipeline/run/plan.ts";
import { planCells } from "../../../lib/pipeline/run/plan.ts";
import type { ResultRecord } from "../../../lib/pipeline/store/record.ts";
import { openHere, runHere, studyHere, studyOfCells } from "../in_process.ts";

Deno.test("forecast() knows a cell by its last result, or by the median of its stage", async () => {
  await using study = await studyHere(studyOfCells(5)); // make, three of grow, sum
  await study.run();
  const yaml = studyOfCells(7).replace("seed: 3", "seed: 4");
  await Deno.writeTextFile(`${study.folder}/pipeline.yaml`, yaml);
  const workspace = await openHere(study.folder);
  const plan = planCells(workspace, [...workspace.graph.values()]);
  const { cells, unknown, bytes } = forecast(workspace, plan, 2);
  assert.equal(cells.size, 7);
  assert.equal(unknown, 0, "two cells of grow are new, but the stage has run");
  const [make] = [...cells].map(([, need]) => need!.bytes);
  assert.equal(make, "made of 3".length);
  assert.equal(bytes, [...cells.values()].reduce((sum, need) => sum + need!.bytes, 0));
  await runHere(study.folder);
  const done = await openHere(study.folder);
  const nothing = forecast(done, planCells(done, [...done.graph.values()]), 2);
  assert.deepEqual([nothing.cells.size, nothing.seconds, nothing.bytes], [0, 0, 0]);
});

Deno.test("forecast() says that it knows nothing of stages that never ran", async () => {
  await using study = await studyHere();
  const workspace = await study.open();
  const plan = planCells(workspace, [...workspace.graph.values()]);
  const { unknown, seconds, work } = forecast(workspace, plan, 2);
  assert.deepEqual([unknown, seconds, work], [4, 0, 0]);
});

Deno.test("forecast() fills cores in the order of needs", async () => {
  await using study = await studyHere(studyOfCells(5));
  const { workspace, summary } = await study.run();
  // The record says how long; what the plan says of the state decides whether it counts.
  const took = (cell: Cell, seconds: number): PlannedCell => ({
    cell,
    state: "up to date",
    key: "",
    record: { ...summary.results.get(cell)!, seconds } satisfies ResultRecord,
  });
  const [make, ...rest] = [...workspace.graph.values()];
  const slow = { ...workspace, study: { ...workspace.study, profile: "none" } };
  const seconds = (cpus: number) => {
    const open = rest.map((cell): PlannedCell => ({
      cell,
      state: "waits",
      for: [make!],
      seconds: undefined,
    }));
    // A profile without a view: only the siblings that are given have a past.
    const sibling = { ...rest[0]!, id: "past" };
    const last = { ...rest.at(-1)!, id: "past sum" };
    const past = [[sibling, rest[0]!, 10], [last, rest.at(-1)!, 1]] as const;
    const known = past.map(([cell, like, time]) => ({ ...took(like, time), cell }));
    return forecast(slow, [...known, ...open], cpus).seconds;
  };
  assert.deepEqual([1, 2, 3].map(seconds), [31, 21, 11]);
});

Deno.test("freeBytes() looks at the nearest folder that there is", () => {
  const here = freeBytes(import.meta.dirname!)!;
  assert.ok(here > 0);
  assert.ok(freeBytes(`${import.meta.dirname}/not/there`)! > 0);
});

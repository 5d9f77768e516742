import assert from "node:assert/strict";
import { chosenExecutor } from "../../../lib/pipeline/verbs/chosen_executor.ts";
import type { StudyContext } from "../../../lib/pipeline/verbs/verb.ts";
import { openHere, studyHere } from "../in_process.ts";

Deno.test("chosenExecutor() takes cells to this machine unless told otherwise, within --jobs", async () => {
  await using study = await studyHere();
  const workspace = await openHere(study.folder);
  const context = { jobs: 3 } as unknown as StudyContext;
  const { makeExecutor, atOnce } = await chosenExecutor(workspace, [], context);
  assert.deepEqual([makeExecutor, atOnce], [undefined, 3]);
});

Deno.test("chosenExecutor() refuses to detach from cells that end with the run", async () => {
  await using study = await studyHere();
  const workspace = await openHere(study.folder);
  const context = { detach: true } as unknown as StudyContext;
  await assert.rejects(chosenExecutor(workspace, [], context), {
    name: "UsageError",
    message: /^Cannot use --detach where cells are computed on this machine: .*--executor slurm$/,
  });
});

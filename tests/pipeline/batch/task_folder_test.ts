import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import {
  folderOf,
  isFinished,
  noteProgress,
  outcomesIn,
  readProgress,
  writeOutcome,
  writeTasks,
} from "../../../lib/pipeline/batch/task_folder.ts";
import { layoutOf } from "../../../lib/pipeline/store/layout.ts";
import { temporaryFolder } from "../../support/temporary_folder.ts";
import { jobOf, NEEDS, published } from "./fake_system.ts";

Deno.test("isFinished() holds when each task of a submission has left an outcome", async () => {
  await using folder = await temporaryFolder();
  const layout = layoutOf(folder.path);
  const tasks = ["a", "b"].map((key) => ({ needs: NEEDS, job: jobOf(folder.path, key) }));
  const submission = writeTasks(layout, "basin-1", tasks);
  writeOutcome(layout, submission, 0, published("a"));
  assert.equal(isFinished(submission), false);
  writeOutcome(layout, submission, 1, published("b"));
  assert.equal(isFinished(submission), true);
});

Deno.test("noteProgress() stops no computation where nothing can be written", async () => {
  await using folder = await temporaryFolder();
  const submission = writeTasks(layoutOf(folder.path), "basin-1", []);
  noteProgress(submission, 0, { done: 1, total: 2 });
  assert.deepEqual(readProgress(submission, 0), { done: 1, total: 2 });
  rmSync(submission.path, { recursive: true });
  noteProgress(submission, 0, { done: 2, total: 2 });
  assert.equal(readProgress(submission, 0), undefined);
});

Deno.test("outcomesIn() is empty for a folder that is not there, or not any more", () => {
  assert.deepEqual(outcomesIn(folderOf(layoutOf("/nowhere"), "basin-1")), []);
});

import assert from "node:assert/strict";
import { runTask } from "../../../lib/pipeline/batch/run_task.ts";
import { folderOf, readOutcome, writeTasks } from "../../../lib/pipeline/batch/task_folder.ts";
import type { Job } from "../../../lib/pipeline/worker/job.ts";
import { STOPPED } from "../../../lib/pipeline/worker/job.ts";
import { layoutOf, prepareLayout } from "../../../lib/pipeline/store/layout.ts";
import { temporaryFolder } from "../../support/temporary_folder.ts";
import { jobOf, NEEDS } from "./fake_system.ts";
import { FAKE_WORKER } from "../run/fake_worker.ts";

const RUNTIME = { deno: "2.9.6", v8: "15", os: "linux", arch: "x86_64" };

/** A worker that fails with the name of its job as its reason. */
const WORKER = `${FAKE_WORKER}
const reason = "ran as " + Deno.env.get("BASIN_JOB");
say({ type: "failed", reason });
`;

/** Runs one task on a node whose engine has so many threads and is of that build. */
async function reasonOn(
  build: string,
  signal = new AbortController().signal,
): Promise<{ status: number; reason?: string | undefined }> {
  await using folder = await temporaryFolder();
  const layout = layoutOf(`${folder.path}/artifacts`);
  prepareLayout(layout);
  const worker = `${folder.path}/worker.ts`;
  await Deno.writeTextFile(worker, WORKER);
  const preimage = { runtime: RUNTIME, engine: { name: "tensorflow", build: "aa", threads: 1 } };
  const job = {
    ...jobOf(layout.root, "k"),
    document: { preimage },
    access: { read: [], write: [], net: false, env: [] },
  } as unknown as Job;
  writeTasks(layout, "basin-1", [{ needs: { ...NEEDS, engine: true }, job }]);
  const status = await runTask(folderOf(layout, "basin-1").path, 0, {
    ...{ worker, runtime: RUNTIME, name: "Slurm 7_0" },
    engine: (threads) => ({ name: "tensorflow", build, threads }),
    signal,
  });
  const outcome = readOutcome(folderOf(layout, "basin-1"), 0);
  return { status, reason: (outcome as { reason?: string } | undefined)?.reason };
}

Deno.test("runTask() computes the task under the name of its job, and leaves what came of it", async () => {
  assert.deepEqual(await reasonOn("aa"), { status: 1, reason: "ran as Slurm 7_0" });
});

Deno.test("runTask() refuses a node whose engine is not the one in the key, and says what differs", async () => {
  const { status, reason } = await reasonOn("bb");
  assert.equal(status, 1);
  assert.match(
    reason!,
    /^Cannot compute it on \S+, which has build bb: .* there is build aa; start/,
  );
});

Deno.test("runTask() does not begin when it was told to stop meanwhile, and leaves no outcome", async () => {
  assert.deepEqual(await reasonOn("aa", AbortSignal.abort()), {
    status: STOPPED,
    reason: undefined,
  });
});

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Needs } from "../../../lib/pipeline/run/executor.ts";
import { EVENT_MARK, type Job } from "../../../lib/pipeline/worker/job.ts";
import { localExecutor } from "../../../lib/pipeline/run/local_executor.ts";
import { FAKE_WORKER } from "./fake_worker.ts";

/** A worker that fails with the GPUs that it sees as its reason. */
const WORKER = `${FAKE_WORKER}
const reason = "sees " + Deno.env.get("CUDA_VISIBLE_DEVICES");
say({ type: "failed", reason });
`;

const JOB = { access: { read: [], write: [], net: false, env: [] } } as unknown as Job;

const needing = (gpus: number): Needs => (
  { name: "a", gpus, cpus: 1, memory: 0, engine: false, timeout: 60, stall: 60 }
);

Deno.test("localExecutor() gives each cell GPUs of its own, and refuses more than there are", async () => {
  const artifacts = await Deno.makeTempDir();
  try {
    const worker = join(artifacts, "worker.ts");
    await Deno.writeTextFile(worker, WORKER);
    const executor = localExecutor({ worker, artifacts, gpus: ["3", "5", "7"] });
    const reasonOf = async (gpus: number) => {
      const outcome = await executor.execute(needing(gpus), JOB, () => {});
      return outcome.kind === "failed" ? outcome.reason : outcome.kind;
    };
    const together = await Promise.all([reasonOf(1), reasonOf(2)]);
    assert.deepEqual(together, ["sees 3", "sees 5,7"]);
    assert.equal(await reasonOf(3), "sees 3,5,7"); // all were given back
    assert.match(await reasonOf(4), /^It needs GPUs: 4, and this machine has 3 .*lower `gpus`/);
  } finally {
    await Deno.remove(artifacts, { recursive: true });
  }
});

Deno.test("localExecutor() says what a worker's own end may mean", async () => {
  const artifacts = await Deno.makeTempDir();
  try {
    const worker = join(artifacts, "worker.ts");
    await Deno.writeTextFile(worker, 'Deno.kill(Deno.pid, "SIGABRT");');
    const executor = localExecutor({ worker, artifacts, gpus: [] });
    const outcome = await executor.execute(needing(0), JOB, () => {});
    assert.equal(outcome.kind, "failed");
    assert.match(outcome.kind === "failed" ? outcome.reason : "", /SIGABRT, .*its memory is full/);
  } finally {
    await Deno.remove(artifacts, { recursive: true });
  }
});

Deno.test("localExecutor() takes no event for the worker's that a stage has printed", async () => {
  const artifacts = await Deno.makeTempDir();
  try {
    const victim = join(artifacts, "victim");
    await Deno.mkdir(join(victim, "work"), { recursive: true });
    const worker = join(artifacts, "worker.ts");
    const print = (event: object) =>
      `console.log(${JSON.stringify(EVENT_MARK)} + '${JSON.stringify(event)}');\n`;
    await Deno.writeTextFile(
      worker,
      FAKE_WORKER + print({ type: "started", attempt: "../victim" }) +
        print({ type: "published", record: {}, nondeterministic: [] }) +
        'Deno.kill(Deno.pid, "SIGKILL");',
    );
    const executor = localExecutor({ worker, artifacts, gpus: [] });
    const outcome = await executor.execute(needing(0), JOB, () => {});
    assert.deepEqual([outcome.kind, "log" in outcome && outcome.log], ["failed", undefined]);
    assert.deepEqual([...readdirSync(victim)], ["work"]);
  } finally {
    await Deno.remove(artifacts, { recursive: true });
  }
});

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Needs } from "../../../lib/pipeline/run/executor.ts";
import type { Job } from "../../../lib/pipeline/worker/job.ts";
import { localExecutor } from "../../../lib/pipeline/run/local_executor.ts";
import { declaredEnvironment } from "../../../lib/pipeline/run/worker_environment.ts";
import { studyHere } from "../in_process.ts";
import { FAKE_WORKER } from "./fake_worker.ts";

/** A worker that fails with its environment as the reason. */
const WORKER = `${FAKE_WORKER}
const reason = JSON.stringify(Deno.env.toObject());
say({ type: "failed", reason });
`;

/** Sets variables while a body runs. */
async function withEnvironment(
  variables: Readonly<Record<string, string>>,
  body: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    await body();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

Deno.test("localExecutor() hides the environment but for what the stage declares, and fixes language and time zone", async () => {
  const artifacts = await Deno.makeTempDir();
  const needs = { gpus: 0, cpus: 1, timeout: 60, stall: 60 } as unknown as Needs;
  const secrets = { BANK_TOKEN: "s3cret", STATION: "7", TZ: "Asia/Tokyo", LC_ALL: "tr_TR.UTF-8" };
  const proxy = { HTTPS_PROXY: "http://ada:word@proxy" };
  try {
    const worker = join(artifacts, "worker.ts");
    await Deno.writeTextFile(worker, WORKER);
    const executor = localExecutor({ worker, artifacts });
    await withEnvironment({ ...secrets, ...proxy }, async () => {
      const seen = async (env: string[], net: Job["access"]["net"]) => {
        const job = { access: { read: [], write: [], net, env } } as unknown as Job;
        const outcome = await executor.execute(needs, job, () => {});
        assert.equal(outcome.kind, "failed");
        return JSON.parse((outcome as { reason: string }).reason) as Record<string, string>;
      };
      const closed = await seen([], false);
      assert.deepEqual(
        [closed.BANK_TOKEN, closed.STATION, closed.HTTPS_PROXY, closed.TZ, closed.LC_ALL],
        [undefined, undefined, undefined, "UTC", "C.UTF-8"],
      );
      const open = await seen(["STATION"], ["example.org"]);
      assert.deepEqual(
        [open.BANK_TOKEN, open.STATION, open.HTTPS_PROXY],
        [undefined, "7", "http://ada:word@proxy"],
      );
    });
  } finally {
    await Deno.remove(artifacts, { recursive: true });
  }
});

Deno.test("localExecutor() lets as many ops run at once as the stage has cores, unless told otherwise, and hands on what decides the engine's kernels", async () => {
  const artifacts = await Deno.makeTempDir();
  const needs = { gpus: 0, cpus: 3, engine: true, timeout: 60, stall: 60 } as unknown as Needs;
  try {
    const worker = join(artifacts, "worker.ts");
    await Deno.writeTextFile(worker, WORKER);
    const executor = localExecutor({ worker, artifacts });
    const job = { access: { read: [], write: [], net: false, env: [] } } as unknown as Job;
    const seen = async () => {
      const outcome = await executor.execute(needs, job, () => {});
      return JSON.parse((outcome as { reason: string }).reason) as Record<string, string>;
    };
    const own = await seen();
    assert.deepEqual([own.TF_NUM_INTRAOP_THREADS, own.TF_NUM_INTEROP_THREADS], ["3", "3"]);
    const given = {
      TF_NUM_INTRAOP_THREADS: "7",
      TF_NUM_INTEROP_THREADS: "2",
      TF_ENABLE_ONEDNN_OPTS: "0",
      ONEDNN_CPU_ISA_HINTS: "PREFER_YMM",
      BASIN_TUNING: "avx2",
    };
    await withEnvironment(given, async () => {
      // Sums depend on the threads within an op, so these are the stage's on every machine.
      const { TF_NUM_INTRAOP_THREADS: threads, ...rest } = await seen();
      assert.equal(threads, "3");
      const { TF_NUM_INTRAOP_THREADS: _, ...asked } = given;
      for (const [name, value] of Object.entries(asked)) assert.equal(rest[name], value, name);
    });
  } finally {
    await Deno.remove(artifacts, { recursive: true });
  }
});

Deno.test("a declared variable is part of the key: another value runs the stage again", async () => {
  await using study = await studyHere(`version: 1
stages:
  make:
    run: make.ts
    params: [{ seed: 1 }]
    outputs: { out: out.json }
    allow: { env: [BASIN_TEST_STATION] }
`);
  const ran = async () => (await study.run()).summary.ran.length;
  await withEnvironment({ BASIN_TEST_STATION: "7" }, async () => {
    assert.deepEqual([await ran(), await ran()], [1, 0]);
    Deno.env.set("BASIN_TEST_STATION", "8");
    assert.deepEqual([await ran(), await ran()], [1, 0]);
    Deno.env.set("BASIN_TEST_STATION", "7");
    assert.equal(await ran(), 0);
  });
});

Deno.test("declaredEnvironment() has every name once, in order, and null for what is not set", () => {
  const own = (name: string) => ({ B: "2" })[name];
  assert.equal(JSON.stringify(declaredEnvironment(own, ["B", "A"])), '{"A":null,"B":"2"}');
});

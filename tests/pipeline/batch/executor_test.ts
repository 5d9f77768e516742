import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { RefusedError } from "../../../lib/pipeline/batch/batch_system.ts";
import { folderOf, readPointer, removeFolder } from "../../../lib/pipeline/batch/task_folder.ts";
import { createFile } from "../../../lib/pipeline/store/atomic.ts";
import { attemptAt, readManifest } from "../../../lib/pipeline/store/attempt.ts";
import { recordText } from "../../../lib/pipeline/store/record.ts";
import { temporaryFolder } from "../../support/temporary_folder.ts";
import { fakeCluster, published } from "./fake_system.ts";

Deno.test("batchExecutor() sends cells of one kind together, and takes up what nodes leave", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once, layout } = fakeCluster(folder.path);
  once(() => system.submissions.length === 2, () => {
    for (const { name, count } of system.submissions) {
      for (let index = 0; index < count; index++) system.leave(name, index, published("x"));
    }
  });
  const many = Array.from({ length: 3 }, (_, i) => execute(`k${i}`));
  const outcomes = await Promise.all([...many, execute("wide", { cpus: 2 })]);
  assert.deepEqual(outcomes.map(({ kind }) => kind), Array(4).fill("published"));
  assert.deepEqual(system.submissions.map(({ count, needs }) => [count, needs.cpus]), [[3, 1], [
    1,
    2,
  ]]);
  assert.match(
    system.submissions[0]!.script,
    /^exec 'deno' 'run' 'task\.ts' '.*\/basin-[0-9a-f]{16}' "\$INDEX"$/,
  );
  assert.deepEqual(readdirSync(`${layout.batch}/submissions`), []);
  assert.equal(readPointer(layout, "k0"), undefined);
});

Deno.test("batchExecutor() splits what is too much for one array", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once } = fakeCluster(folder.path);
  once(() => system.submissions.length === 2, () => {
    for (const { name, count } of system.submissions) {
      for (let index = 0; index < count; index++) system.leave(name, index, published("x"));
    }
  });
  await Promise.all(Array.from({ length: 11 }, (_, i) => execute(`k${i}`)));
  assert.deepEqual(system.submissions.map(({ count }) => count), [10, 1]);
});

Deno.test("batchExecutor() says how a job ended that left nothing, so that it may run again", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once } = fakeCluster(folder.path);
  once(() => system.submissions.length === 1, () => {
    system.set(system.submissions[0]!.name, 0, "ended", "its node failed (NODE_FAIL on n3)");
  });
  const outcome = await execute("k");
  assert.deepEqual(outcome, {
    ...{ kind: "failed", cause: "worker", log: undefined, tail: [] },
    reason: "Fake job 1_0: its node failed (NODE_FAIL on n3)",
  });
});

Deno.test("batchExecutor() shows what a job printed that never came to its stage, and where that is", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once, layout } = fakeCluster(folder.path);
  const printed = () => folderOf(layout, system.submissions[0]!.name).printed(0);
  once(() => system.submissions.length === 1, () => {
    writeFileSync(printed(), "no such module\n");
    system.set(system.submissions[0]!.name, 0, "ended", "it failed");
  });
  const outcome = await execute("k");
  assert.ok(outcome.kind === "failed");
  assert.deepEqual([outcome.tail, outcome.log], [["no such module"], printed()]);
});

Deno.test("batchExecutor() goes on with a job that is put back into the queue", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once } = fakeCluster(folder.path);
  const notes: unknown[] = [];
  const name = () => system.submissions[0]!.name;
  once((now) => now > 4, () => system.set(name(), 0, "runs", "n1"));
  once((now) => now > 8, () => system.set(name(), 0, "waits", "BeginTime"));
  once((now) => now > 12, () => system.set(name(), 0, "runs", "n2"));
  once((now) => now > 16, () => system.leave(name(), 0, published("k")));
  const outcome = await execute(
    "k",
    {},
    (progress) => notes.push((progress as { note: string }).note),
  );
  assert.equal(outcome.kind, "published");
  assert.equal(system.submissions.length, 1);
  assert.deepEqual([...new Set(notes)], [
    "waits as Fake job 1_0 (Priority)",
    "Fake job 1_0 on n1",
    "waits as Fake job 1_0 (BeginTime)",
    "Fake job 1_0 on n2",
  ]);
});

Deno.test("batchExecutor() waits longer and longer where jobs are not taken now, and says so once", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once, said, seconds } = fakeCluster(folder.path);
  system.submitErrors.push(...Array.from({ length: 3 }, () => new Error("the queue is full")));
  once(() => system.submissions.length === 1, () => {
    system.leave(system.submissions[0]!.name, 0, published("k"));
  });
  assert.equal((await execute("k")).kind, "published");
  assert.ok(seconds() > 2 + 4 + 8, String(seconds()));
  assert.equal(said.filter((text) => text.includes("the queue is full")).length, 1);
});

Deno.test("batchExecutor() does not send again what was taken although the answer was lost", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once } = fakeCluster(folder.path);
  const submit = system.submit.bind(system);
  let isFirst = true;
  system.submit = async (submission) => {
    const id = await submit(submission);
    if (isFirst) {
      isFirst = false;
      throw new Error("timed out");
    }
    return id;
  };
  once((now) => now > 5, () => system.leave(system.submissions[0]!.name, 0, published("k")));
  assert.equal((await execute("k")).kind, "published");
  assert.equal(system.submissions.length, 1);
});

Deno.test("batchExecutor() does not mind that the system is silent for a while", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once, said } = fakeCluster(folder.path);
  once(() => system.submissions.length === 1, () => {
    system.pollErrors.push(...Array.from({ length: 5 }, () => new Error("no answer")));
  });
  once((now) => now > 30, () => system.leave(system.submissions[0]!.name, 0, published("k")));
  assert.equal((await execute("k")).kind, "published");
  assert.deepEqual(said, [
    "Cannot ask Fake for its jobs, which go on; asking again: no answer",
    "Fake answers again",
  ]);
});

Deno.test("batchExecutor() gives up a job that the system has forgotten, but not one that is new", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once, seconds } = fakeCluster(folder.path);
  once(() => system.submissions.length === 1, () => system.states.clear());
  const outcome = await execute("k");
  assert.match((outcome as { reason: string }).reason, /^Fake does not know its job any more; /);
  assert.ok(seconds() > 10);
});

Deno.test("batchExecutor() fails cells that the system refuses, and warns once of jobs that wait for ever", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once, said } = fakeCluster(folder.path);
  system.submitErrors.push(new RefusedError("invalid partition: gpuu"));
  const refused = await execute("k");
  assert.equal(refused.kind, "failed");
  assert.match(
    (refused as { reason: string }).reason,
    /refuses its job: invalid partition: gpuu; look at/,
  );
  assert.equal((refused as { cause: string }).cause, "stage");

  once(() => system.submissions.length === 1, () => {
    for (const index of [0, 1]) {
      system.set(system.submissions[0]!.name, index, "waits", "PartitionConfig", true);
    }
  });
  once(() => said.length > 0, () => {
    for (const index of [0, 1]) system.leave(system.submissions[0]!.name, index, published("k"));
  });
  await Promise.all([execute("a"), execute("b")]);
  assert.deepEqual(said.length, 1);
  assert.match(
    said[0]!,
    /holds jobs of `train`, 1_0 for one: PartitionConfig; they may wait for ever/,
  );
});

Deno.test("batchExecutor() leaves the jobs of another driver that lives", async () => {
  await using folder = await temporaryFolder();
  const first = fakeCluster(folder.path);
  first.execute("k").then(() => {}, () => {});
  const sent = Promise.withResolvers<void>();
  first.once(() => first.system.submissions.length === 1, () => sent.resolve());
  await sent.promise;
  const { name } = first.system.submissions[0]!;
  // The first driver lives: its lock is held by this process.
  const second = fakeCluster(folder.path);
  second.system.states.set(`${name}/0`, first.system.states.get(`${name}/0`)!);
  const other = second.execute("k");
  second.once((now) => now > 1, () => second.executor.stop("SIGTERM"));
  assert.equal((await other).kind, "failed");
  assert.deepEqual(second.system.cancelled, [], "another driver's jobs are not ours to cancel");
  assert.equal(second.system.submissions.length, 0);
  first.executor.stop("SIGTERM");
});

Deno.test("batchExecutor() cancels on a stop what it has sent, and leaves it with detach", async () => {
  for (const detach of [false, true]) {
    await using folder = await temporaryFolder();
    const { system, execute, executor, once, said, layout } = fakeCluster(folder.path, { detach });
    once(() => system.submissions.length === 1, () => executor.stop("SIGTERM"));
    const outcome = await execute("k");
    const { name } = system.submissions[0]!;
    assert.equal(outcome.kind, "failed");
    assert.deepEqual(system.cancelled, detach ? [] : [name]);
    assert.deepEqual(
      said,
      detach ? ["left 1 job to Fake; run again to take up their results"] : [],
    );
    assert.ok(existsSync(folderOf(layout, name).path));
    assert.equal(readPointer(layout, "k")?.name, detach ? name : undefined);
  }
});

Deno.test("batchExecutor() cancels on a stop also what was taken although the answer was lost", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, executor, once } = fakeCluster(folder.path);
  const submit = system.submit.bind(system);
  system.submit = async (submission) => {
    await submit(submission);
    executor.stop("SIGTERM");
    throw new Error("timed out");
  };
  system.cancelErrors.push(new Error("no answer"));
  once(() => system.cancelErrors.length === 0, () => assert.deepEqual(system.cancelled, []));
  assert.equal((await execute("k")).kind, "failed");
  assert.deepEqual(system.cancelled, [system.submissions[0]!.name]);
});

Deno.test("batchExecutor() leaves no files of submissions that were not taken", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once, layout } = fakeCluster(folder.path);
  system.submitErrors.push(...Array.from({ length: 3 }, () => new Error("the queue is full")));
  once(() => system.submissions.length === 1, () => {
    assert.equal(readdirSync(`${layout.batch}/submissions`).length, 1);
    system.leave(system.submissions[0]!.name, 0, published("k"));
  });
  assert.equal((await execute("k")).kind, "published");
  assert.deepEqual(readdirSync(`${layout.batch}/submissions`), []);
});

Deno.test("batchExecutor() ends on a second stop although the system does not answer, and says what it leaves", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, executor, once, said } = fakeCluster(folder.path);
  system.cancelErrors.push(...Array.from({ length: 100 }, () => new Error("no answer")));
  once(() => system.submissions.length === 1, () => executor.stop("SIGTERM"));
  once((now) => now > 20, () => executor.stop("SIGKILL"));
  assert.equal((await execute("k")).kind, "failed");
  const { name } = system.submissions[0]!;
  assert.deepEqual(said, [
    `Cannot cancel the jobs ${name}; trying again: no answer`,
    `left to Fake, which does not answer: ${name}; cancel them later`,
  ]);
  assert.ok(system.cancelErrors.length > 80, "not tried at every look");
});

Deno.test("batchExecutor() finds the result of a job whose files another driver removed", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once, layout } = fakeCluster(folder.path);
  const record = {
    ...{ schema: 1, key: "k", status: "ok", attempt: "a/b", seconds: 1 } as const,
    outputs: {},
  };
  once(() => system.submissions.length === 1, () => {
    const { name } = system.submissions[0]!;
    createFile(layout, layout.record("k"), recordText(record));
    removeFolder(folderOf(layout, name));
    system.set(name, 0, "ended", "it ended and left no result");
  });
  assert.deepEqual(await execute("k"), { kind: "published", record, nondeterministic: [] });
});

Deno.test("batchExecutor() of a dead driver's jobs tends those alone that it asked for", async () => {
  await using folder = await temporaryFolder();
  const first = fakeCluster(folder.path, { detach: true });
  first.once(() => first.system.submissions.length === 1, () => first.executor.stop("SIGTERM"));
  await Promise.all(["a", "b", "c"].map((key) => first.execute(key)));
  const { name } = first.system.submissions[0]!;

  const second = fakeCluster(folder.path);
  for (const [id, state] of first.system.states) second.system.states.set(id, state);
  second.once((now) => now > 2, () => second.system.leave(name, 0, published("a")));
  assert.equal((await second.execute("a")).kind, "published");
  assert.ok(existsSync(folderOf(first.layout, name).task(1)), "of jobs that are still to run");

  const third = fakeCluster(folder.path);
  for (const [id, state] of first.system.states) third.system.states.set(id, state);
  third.once((now) => now > 2, () => third.executor.stop("SIGTERM"));
  assert.equal((await third.execute("b")).kind, "failed");
  assert.deepEqual(third.system.cancelled, [first.system.states.get(`${name}/1`)!.id]);
});

Deno.test("batchExecutor() fails cells whose tasks cannot be written, and does not blame the system", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, layout, said } = fakeCluster(folder.path);
  mkdirSync(layout.batch, { recursive: true });
  writeFileSync(`${layout.batch}/submissions`, "no folder");
  const outcome = await execute("k");
  assert.equal((outcome as { cause: string }).cause, "stage");
  assert.match((outcome as { reason: string }).reason, /^Cannot write what its job is to read: /);
  assert.deepEqual([system.submissions, said], [[], []]);
});

Deno.test("batchExecutor() knows tasks that the system lists as the rest of their submission", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once } = fakeCluster(folder.path);
  once(() => system.submissions.length === 1, () => {
    const { name } = system.submissions[0]!;
    system.states.clear();
    const rest = { name, index: "rest", id: "1", phase: "ended", note: "cancelled" } as const;
    system.states.set("rest", rest);
    system.set(name, 1, "runs", "n1");
  });
  once((now) => now > 8, () => system.leave(system.submissions[0]!.name, 1, published("b")));
  const outcomes = await Promise.all([execute("a"), execute("b")]);
  assert.equal((outcomes[0] as { reason: string }).reason, "Fake job 1: cancelled");
  assert.equal(outcomes[1].kind, "published");
});

Deno.test("batchExecutor() does not wait long for a job that it cancelled and that is not listed any more", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, executor, once, seconds } = fakeCluster(folder.path);
  once(() => system.submissions.length === 1, () => executor.stop("SIGTERM"));
  once(() => system.cancelled.length > 0, () => system.states.clear());
  assert.equal((await execute("k")).kind, "failed");
  assert.ok(seconds() < 5, String(seconds()));
});

Deno.test("batchExecutor() sends fewer at a time where the system has no room for all", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, always } = fakeCluster(folder.path);
  const submit = system.submit.bind(system);
  const counts: number[] = [];
  let room = 3;
  system.submit = (submission) => {
    counts.push(submission.count);
    if (submission.count > room) return Promise.reject(new Error("the queue is full"));
    room -= submission.count;
    return submit(submission);
  };
  always(() => {
    for (const { name, index, phase } of [...system.states.values()]) {
      if (phase === "ended") continue;
      system.leave(name, Number(index), published("x"));
      system.set(name, index, "ended", "");
      room++;
    }
  });
  const outcomes = await Promise.all(Array.from({ length: 8 }, (_, i) => execute(`k${i}`)));
  assert.ok(outcomes.every(({ kind }) => kind === "published"));
  assert.deepEqual(counts.slice(0, 3), [8, 4, 2]);
  assert.equal(system.submissions.reduce((sum, { count }) => sum + count, 0), 8);
});

Deno.test("batchExecutor() ends the attempt of the job that died, and none of an earlier job", async () => {
  for (const job of ["Fake 1_0", "Fake 0_0"]) {
    await using folder = await temporaryFolder();
    const { system, execute, once, layout } = fakeCluster(folder.path);
    once(() => system.submissions.length === 1, () => {
      const holder = { pid: 1, attempt: "a/b", job };
      writeFileSync(layout.lock("k"), JSON.stringify(holder));
      system.set(system.submissions[0]!.name, 0, "ended", "its node failed");
    });
    await execute("k");
    const reason = readManifest(attemptAt(layout, "a/b"))?.reason;
    assert.equal(reason, job === "Fake 1_0" ? "Fake job 1_0: its node failed" : undefined);
  }
});

Deno.test("batchExecutor() leaves it to the system why a worker was killed, and keeps both reasons", async () => {
  await using folder = await temporaryFolder();
  const { system, execute, once } = fakeCluster(folder.path);
  const name = () => system.submissions[0]!.name;
  once(() => system.submissions.length === 1, () => {
    system.set(name(), 0, "runs", "n1");
    const reason = "killed by SIGKILL";
    system.leave(name(), 0, { kind: "failed", cause: "worker", reason, log: "/log", tail: [] });
  });
  once((now) => now > 8, () => system.set(name(), 0, "ended", "it came to its time limit"));
  const outcome = await execute("k");
  assert.equal(outcome.kind, "failed");
  const { cause, reason, log } = outcome as Extract<typeof outcome, { kind: "failed" }>;
  assert.deepEqual([cause, log], ["worker", "/log"]);
  assert.equal(reason, "Fake job 1_0: it came to its time limit; killed by SIGKILL");
});

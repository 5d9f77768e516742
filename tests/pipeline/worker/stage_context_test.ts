import assert from "node:assert/strict";
import { join } from "node:path";
import { type Job, readEvent } from "../../../lib/pipeline/worker/job.ts";
import { openInputs } from "../../../lib/pipeline/worker/open_inputs.ts";
import { createContext } from "../../../lib/pipeline/worker/stage_context.ts";
import { makeStopMemory } from "../../../lib/pipeline/worker/stop_flag.ts";
import type { Progress } from "../../../lib/pipeline/stage.ts";
import { attemptAt } from "../../../lib/pipeline/store/attempt.ts";
import { layoutOf, prepareLayout } from "../../../lib/pipeline/store/layout.ts";
import { putFile, putFolder } from "../../../lib/pipeline/store/objects.ts";

/** A context over a store with one file and one folder in it. */
async function scratchContext() {
  const root = await Deno.makeTempDir({ prefix: "basin-context-" });
  const layout = layoutOf(root);
  prepareLayout(layout);
  const attempt = attemptAt(layout, "key/attempt");
  await Deno.mkdir(attempt.work, { recursive: true });
  const staged = join(layout.tmp, "folder");
  await Deno.mkdir(staged);
  await Deno.writeTextFile(join(staged, "a.txt"), "in a folder");
  const folder = await putFolder(layout, staged);
  await Deno.writeTextFile(join(layout.tmp, "file"), "a file");
  const file = await putFile(layout, join(layout.tmp, "file"));
  const job: Job = {
    artifacts: root,
    cell: "cell",
    labels: { trial: "0" },
    module: "",
    project: "",
    lazy: [],
    parameters: {},
    key: "key",
    document: undefined as never,
    inputs: [
      {
        name: "one",
        collected: false,
        artifacts: [{ cell: {}, status: "ok", digest: file.digest }],
      },
      {
        name: "all",
        collected: true,
        artifacts: [
          { cell: { trial: "0" }, status: "ok", digest: folder.digest },
          { cell: { trial: "1" }, status: "diverged", digest: folder.digest },
        ],
      },
    ],
    outputs: [{ name: "out", path: "deep/out.json", kind: "file" }],
    access: { read: [], write: [], net: false, env: [] },
  };
  const reports: Progress[] = [];
  const inputs = openInputs(job, layout, attempt);
  const task = {
    ...job,
    inputs,
    work: attempt.work,
    checkpoints: layout.checkpoints(job.key),
    checkpointSeconds: 10,
    stop: makeStopMemory(),
  };
  const context = createContext(task, { eps: 1 }, {
    progress: (progress) => void reports.push(progress),
    diverged: () => {},
  });
  return {
    context,
    reports,
    attempt,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("createContext() opens files and folders, single and collected", async () => {
  await using scratch = await scratchContext();
  const { context, attempt } = scratch;
  assert.equal(await Deno.readTextFile(context.input("one").path), "a file");
  const all = context.inputs("all");
  assert.deepEqual(all.map(({ cell, status }) => [cell.trial, status]), [["0", "ok"], [
    "1",
    "diverged",
  ]]);
  for (const { path } of all) {
    assert.equal(await Deno.readTextFile(join(path, "a.txt")), "in a folder");
  }
  assert.equal(context.inputs("all"), all, "opened once");
  assert.equal(context.inputs("one").length, 1);
  assert.equal(context.output("out"), join(attempt.work, "deep/out.json"));
  assert.deepEqual(context.parameters, { eps: 1 });
});

Deno.test("createContext() refuses names that the YAML does not declare", async () => {
  await using scratch = await scratchContext();
  const { context } = scratch;
  assert.throws(() => context.input("onn"), /Cannot open the input `onn`.*did you mean `one`\?/);
  assert.throws(() => context.output("uot"), /Cannot open the output `uot`.*did you mean `out`\?/);
  assert.throws(() => context.input("all"), /it is a collection; use inputs\(\)/);
});

Deno.test("createContext() thins progress out, but passes on the last report", async () => {
  await using scratch = await scratchContext();
  for (let done = 1; done <= 1000; done++) scratch.context.progress({ done, total: 1000 });
  // A thousand calls take far less than the seconds that fifty reports would stand for.
  assert.ok(scratch.reports.length < 50, String(scratch.reports.length));
  assert.deepEqual(scratch.reports[0], { done: 1, total: 1000 });
  assert.deepEqual(scratch.reports.at(-1), { done: 1000, total: 1000 });
});

Deno.test("readEvent() takes events and leaves what a stage printed", () => {
  assert.deepEqual(readEvent('{"type":"started","attempt":"a/b"}'), {
    type: "started",
    attempt: "a/b",
  });
  for (const text of ["", "{", "loss 0.1", '{"type":"other"}', "null"]) {
    assert.equal(readEvent(text), undefined, text);
  }
});

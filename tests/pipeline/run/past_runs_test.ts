import assert from "node:assert/strict";
import { pastRuns } from "../../../lib/pipeline/run/past_runs.ts";
import { studyHere } from "../in_process.ts";

Deno.test("pastRuns() reads a study in which hundreds of aliases stand for little", async () => {
  const more = Array.from({ length: 300 }, (_, i) => `  m${i}: { run: make.ts, outputs: *o }\n`);
  await using study = await studyHere(
    `version: 1\nseed: 3\nstages:\n  make: { run: make.ts, outputs: &o { out: o } }\n${
      more.join("")
    }`,
  );
  const workspace = await study.open();
  assert.equal(workspace.graph.size, 301);
  assert.deepEqual(pastRuns(workspace, () => ({ operations: 1, bytes: 1 })), []);
});

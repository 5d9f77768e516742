import assert from "node:assert/strict";
import { toyStudy } from "../toy_study.ts";

Deno.test("logs -f ends when the worker is killed, after all that it printed", async () => {
  await using study = await toyStudy(`version: 1
stages: { slow: { run: slow.ts, params: [{ gate: open }], outputs: { out: out.json } } }
`);
  await study.stage("slow");
  // More than one chunk, and characters of two bytes across its end.
  await study.edit(
    "slow.ts",
    "context.progress",
    'context.log("x" + "é".repeat(50_000));\n    context.progress',
  );
  const run = study.spawn("run");
  await study.untilStarts(1);
  const logs = study.spawn("logs", "-f", "slow");
  const reader = logs.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const long = `x${"é".repeat(50_000)}\n`;
  let text = "";
  while (!text.includes(long)) text += (await reader.read()).value ?? "";
  const [worker] = await study.pids();
  Deno.kill(worker!, "SIGKILL");
  while (!(await reader.read()).done);
  await logs.stderr.cancel();
  assert.equal((await logs.status).code, 0);
  await study.write("open", ""); // for a second attempt, where the study asks for one
  await run.output();
  assert.ok(!text.includes("\ufffd"), "no character is torn");
});

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

Deno.test("a stage that prints the marks of events, and no end of line, hides no event", async () => {
  await using study = await toyStudy(`version: 1
stages: { loud: { run: loud.ts, outputs: { out: out.json } } }
`);
  await study.stage("loud");
  await study.edit(
    "loud.ts",
    "context.progress",
    'context.log("\\x1eA\\x1eB");\n    context.progress',
  );
  await study.edit(
    "loud.ts",
    "const result =",
    'Deno.stdout.writeSync(new TextEncoder().encode("\\x1e{".repeat(9)));\n    const result =',
  );
  const { code, stdout, stderr } = await study.basin("run");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /1 cell ran, 0 up to date/);
  assert.ok((await study.basin("logs", "loud")).stdout.includes("\x1eA\x1eB\n"));
});

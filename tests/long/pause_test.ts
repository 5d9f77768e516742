/** A run that the machine puts to sleep: everything stands still for two minutes. */
import assert from "node:assert/strict";
import { smallStudy } from "../pipeline/toy_study.ts";

const TWO_MINUTES = 120_000;

Deno.test("a run that stands still for two minutes goes on as if nothing had been", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "large: {", "large: { gate: open,");
  const run = study.spawn("run", "-j", "3");
  await study.untilStarts(5);
  const starts = await study.starts();
  const worker = (await study.pids())[starts.indexOf("grow regime=LB,trial=0")]!;
  for (const pid of [run.pid, worker]) Deno.kill(pid, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, TWO_MINUTES));
  for (const pid of [worker, run.pid]) Deno.kill(pid, "SIGCONT");
  await study.write("open", "");
  assert.equal((await run.output()).code, 0);
  const all = await study.starts();
  assert.equal(new Set(all).size, all.length, `something ran twice: ${all}`);
  assert.equal(all.length, 8);
  assert.equal((await study.basin("verify", "--full")).code, 0);
  assert.deepEqual(await study.startsDuring(() => study.basin("run")), []);
});

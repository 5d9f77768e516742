import assert from "node:assert/strict";
import { runStep } from "./step.ts";

/** Runs a script of one line as a step. */
async function ran(script: string, seconds = 60) {
  const logs = await Deno.makeTempDir();
  try {
    const args = ["eval", script];
    const result = await runStep({ name: "it", args, seconds }, { cwd: logs, logs });
    return { ...result, log: await Deno.readTextFile(`${logs}/it.log`) };
  } finally {
    await Deno.remove(logs, { recursive: true });
  }
}

Deno.test("runStep() keeps what a program writes, and how it ends", async () => {
  const good = await ran('console.log("one"); console.error("two  ")');
  assert.deepEqual([good.outcome, good.log.length], ["ok", "one\ntwo  \n".length]);
  const bad = await ran('console.error("Cannot go on"); Deno.exit(3)');
  assert.deepEqual([bad.outcome, bad.last], ["failed", "Cannot go on"]);
});

Deno.test("runStep() asks a program to end when its time is over", async () => {
  const waits =
    'Deno.addSignalListener("SIGINT", () => { console.log("saved"); Deno.exit(130) });' +
    "setInterval(() => {}, 1000)";
  const { outcome, last } = await ran(waits, 1);
  assert.deepEqual([outcome, last], ["out of time", "saved"]);
});

Deno.test("runStep() ends what a program leaves running", async () => {
  const starts = 'new Deno.Command("sleep", { args: ["600"] }).spawn(); Deno.exit(0)';
  // It would wait for whoever still holds the program's output.
  assert.equal((await ran(starts)).outcome, "ok");
});

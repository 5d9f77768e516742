import assert from "node:assert/strict";
import { attemptLog, readStdout } from "../../../lib/pipeline/run/worker_output.ts";
import { EVENT_MARK, type WorkerEvent } from "../../../lib/pipeline/worker/job.ts";
import { temporaryFolder } from "../../support/temporary_folder.ts";

Deno.test("attemptLog() keeps the last lines, and of those of TensorFlow's start none", async () => {
  await using folder = await temporaryFolder();
  const log = attemptLog(folder.path);
  await Deno.mkdir(`${folder.path}/attempts/a`, { recursive: true });
  log.open("a");
  const greeting =
    "WARNING: All log messages before absl::InitializeLog() is called are written\n" +
    "I0000 00:00:1795992220.045210   10521 port.cc:153] oneDNN custom operations are on. You may\n";
  log.append("stdout", "epoch 1\n");
  assert.deepEqual(log.tail(), ["epoch 1"]);
  log.append("stderr", `${greeting}\nRangeError: Cannot train\n    at train\n`);
  assert.deepEqual(log.tail(), ["RangeError: Cannot train", "    at train"]);
  const lines = Array.from({ length: 20 }, (_, i) => `line ${i}`);
  log.append("stderr", lines.map((line) => `${line}\n`).join(""));
  assert.deepEqual(log.tail(), lines.slice(5));
  // The log itself is whole.
  const text = await Deno.readTextFile(`${folder.path}/attempts/a/stderr.log`);
  assert.ok(text.startsWith(greeting));
});

Deno.test("readStdout() takes for an event only what has the token, whatever stands in its place", async () => {
  const token = crypto.randomUUID();
  const event: WorkerEvent = { type: "started", attempt: "a/b" };
  const line = (before: string) => `${EVENT_MARK}${before}${JSON.stringify(event)}\n`;
  const forged = [line(""), line(crypto.randomUUID())];
  const events: WorkerEvent[] = [];
  let text = "";
  await readStdout(
    ReadableStream.from([new TextEncoder().encode(forged.join("") + line(token))]),
    token,
    (each) => events.push(each),
    (each) => text += each,
  );
  assert.deepEqual(events, [event]);
  assert.equal(text, forged.join(""));
});

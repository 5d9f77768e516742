import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openCheckpoint } from "../../../lib/pipeline/worker/checkpoint.ts";
import { makeStopMemory, stopFlag } from "../../../lib/pipeline/worker/stop_flag.ts";
import { newestCheckpoint, writeCheckpoint } from "../../../lib/pipeline/store/checkpoints.ts";
import { layoutOf, prepareLayout } from "../../../lib/pipeline/store/layout.ts";
import { recordText, type ResultRecord } from "../../../lib/pipeline/store/record.ts";
import { sweep } from "../../../lib/pipeline/store/sweep.ts";

const STATE = {
  text: new TextEncoder().encode("odd: 5 b\n"), // shifts what follows off its alignment
  wide: Float64Array.of(1 / 3, -0, NaN, Infinity),
  narrow: Float32Array.of(0.1, -0),
  part: Float64Array.of(7, 8, 9).subarray(1, 2), // a view into something larger
  whole: Int32Array.of(-1, 2 ** 31 - 1),
  none: new Float64Array(0),
};

async function folderHere() {
  const folder = await Deno.makeTempDir({ prefix: "basin-checkpoints-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  return { folder, [Symbol.asyncDispose]: remove };
}

Deno.test("writeCheckpoint() keeps every bit, and the newest two states", async () => {
  await using here = await folderHere();
  const folder = join(here.folder, "made/on/demand");
  assert.equal(newestCheckpoint(folder).state, undefined);
  for (let k = 0; k < 12; k++) writeCheckpoint(folder, { ...STATE, k: Int32Array.of(k) });
  assert.deepEqual(readdirSync(folder), ["00000011.checkpoint", "00000012.checkpoint"]);
  assert.deepEqual({ ...newestCheckpoint(folder).state }, { ...STATE, k: Int32Array.of(11) });
});

Deno.test("newestCheckpoint() passes over what is damaged, wherever that is", async () => {
  await using here = await folderHere();
  writeCheckpoint(here.folder, { k: Int32Array.of(1) });
  writeCheckpoint(here.folder, { k: Int32Array.of(2) });
  const path = join(here.folder, "00000002.checkpoint");
  const good = readFileSync(path);
  for (let i = 0; i < good.length; i++) {
    const flipped = good.map((byte, j) => j === i ? byte ^ 1 : byte);
    for (const bytes of [flipped, good.subarray(0, i)]) {
      writeFileSync(path, bytes);
      const { state, damaged } = newestCheckpoint(here.folder);
      assert.deepEqual(state?.k, Int32Array.of(1), `byte ${i}`);
      assert.deepEqual(damaged, ["00000002.checkpoint"]);
    }
  }
  writeFileSync(join(here.folder, "00000003.checkpoint.part"), good); // killed while writing
  writeFileSync(path, good);
  assert.deepEqual(newestCheckpoint(here.folder).state?.k, Int32Array.of(2));
});

Deno.test("openCheckpoint() is due by time, rarer where saving is slow, at once when stopping", async () => {
  await using here = await folderHere();
  const stop = makeStopMemory();
  const clock = { now: 0, tick: 0 };
  const task = { checkpoints: here.folder, checkpointSeconds: 10, stop };
  const now = () => clock.now += clock.tick;
  const lines: string[] = [];
  const checkpoint = openCheckpoint(task, { now, log: (line) => void lines.push(line) });
  assert.ok(!checkpoint.isDue());
  clock.now = 10_000;
  assert.ok(checkpoint.isDue());
  clock.tick = 1000; // each look at the clock takes a second now: so does saving
  checkpoint.save(STATE);
  clock.tick = 0;
  const saved = clock.now;
  clock.now = saved + 19_000;
  assert.ok(!checkpoint.isDue(), "1 s of 20 s is the largest share");
  clock.now = saved + 20_000;
  assert.ok(checkpoint.isDue());

  assert.ok(stopFlag(stop).isHeeded);
  clock.now = saved;
  stopFlag(stop).raise();
  assert.ok(checkpoint.isDue());
  assert.throws(() => checkpoint.save(STATE), { name: "StoppedError" });
  assert.deepEqual(lines, []);
  assert.deepEqual({ ...checkpoint.load() }, STATE);
});

Deno.test("openCheckpoint() lets the stage go on where nothing can be saved", async () => {
  await using here = await folderHere();
  const file = join(here.folder, "file");
  writeFileSync(file, "no folder");
  const lines: string[] = [];
  const task = { checkpoints: file, checkpointSeconds: 0, stop: makeStopMemory() };
  openCheckpoint(task, { now: () => 0, log: (line) => void lines.push(line) }).save(STATE);
  assert.match(lines.join(), /cannot save a checkpoint: /);
  assert.ok(existsSync(file));
});

Deno.test("sweep() removes checkpoints of published keys and forgotten ones, and no others", async () => {
  await using here = await folderHere();
  const layout = layoutOf(here.folder);
  prepareLayout(layout);
  for (const key of ["aa", "bb", "cc"]) writeCheckpoint(layout.checkpoints(key), STATE);
  mkdirSync(join(layout.record("aa"), ".."), { recursive: true });
  const record = { schema: 1, key: "aa", status: "ok", outputs: {}, attempt: "x/y", seconds: 1 };
  writeFileSync(layout.record("aa"), recordText(record as ResultRecord));
  const past = new Date(Date.now() - 31 * 24 * 3600 * 1000);
  utimesSync(layout.checkpoints("bb"), past, past);
  sweep(layout, Date.now());
  assert.deepEqual(readdirSync(layout.allCheckpoints), ["cc"]);
});

/** Black-box tests of what verbs make of the checkpoints of a cell that was interrupted. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type ToyStudy, toyStudy } from "../toy_study.ts";

const STEPS = 3;

/** Adds up 1 … 3, saves after each, and waits for the file `open` after the last. */
const ADDER = `import { z } from "zod";
const here = new URL(".", import.meta.url).pathname;
const exists = (name) => {
  try { Deno.statSync(here + name); return true; } catch { return false; }
};
export default {
  summary: "Adds",
  parameters: z.strictObject({ from: z.int() }),
  async run(context) {
    const saved = context.checkpoint.load();
    let [step, sum] = saved ? saved.state : [0, context.parameters.from];
    while (step < ${STEPS}) {
      sum += ++step;
      context.checkpoint.save({ state: Int32Array.of(step, sum) });
    }
    const from = saved ? saved.state[0] : 0;
    Deno.writeTextFileSync(here + "starts.log", Deno.pid + " add " + from + "\\n", { append: true });
    const watcher = Deno.watchFs(here);
    if (!exists("open")) for await (const _ of watcher) if (exists("open")) break;
    watcher.close();
    Deno.writeTextFileSync(context.output("out"), String(sum));
  },
};
`;

/** A study whose only cell has saved all its checkpoints and was then interrupted. */
async function interruptedStudy(): Promise<ToyStudy> {
  const study = await toyStudy(`version: 1
params: { start: { from: 100 } }
stages:
  add: { run: add.ts, params: [start], outputs: { out: out.txt } }
`);
  await study.write("add.ts", ADDER);
  const run = study.spawn("run");
  await study.untilStarts(1);
  run.kill("SIGINT");
  assert.equal((await run.output()).code, 130);
  return study;
}

/** Paths of all checkpoints, oldest first. */
function checkpointsOf(study: ToyStudy): string[] {
  const root = join(study.folder, "artifacts/checkpoints");
  return readdirSync(root).flatMap((key) =>
    readdirSync(join(root, key)).sort().map((name) => join(root, key, name))
  );
}

async function flip(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 40]! ^= 1;
  await Deno.writeFile(path, bytes);
}

Deno.test("gc keeps the checkpoints of what is to run, counts and removes abandoned ones", async () => {
  await using study = await interruptedStudy();
  const kept = checkpointsOf(study);
  assert.equal(kept.length, 2);
  assert.equal((await study.basin("gc", "--keep", "0", "--yes")).code, 0);
  assert.deepEqual(checkpointsOf(study), kept);

  await study.edit("pipeline.yaml", "from: 100", "from: 200"); // its key is another one now
  assert.match((await study.basin("gc")).stdout, /nothing to remove/, "it is young");
  const dry = JSON.parse((await study.basin("gc", "--keep", "0", "--json")).stdout);
  assert.deepEqual(dry.checkpoints, [join(kept[0]!, "..")]);
  const sizes = await Promise.all(kept.map(async (path) => (await Deno.stat(path)).size));
  assert.ok(dry.bytes >= sizes[0]! + sizes[1]!);
  assert.deepEqual(checkpointsOf(study), kept, "only shown");
  const wet = await study.basin("gc", "--keep", "0", "--yes");
  assert.match(wet.stdout, /removed .*checkpoints of 1 cell, /);
  assert.deepEqual(checkpointsOf(study), []);
});

Deno.test("gc keeps the checkpoints that another profile is to go on from", async () => {
  await using study = await interruptedStudy();
  await study.edit("pipeline.yaml", "from: 100", "from: 200");
  await study.write(
    "pipeline.yaml",
    await study.read("pipeline.yaml") +
      "profiles: { long: { params: { start: { from: 100 } } } }\n",
  );
  assert.equal((await study.basin("gc", "--keep", "0", "--yes")).code, 0);
  assert.equal(checkpointsOf(study).length, 2);
});

for (const damaged of [1, 2]) {
  Deno.test(`a run goes on rightly although ${damaged} of 2 checkpoints are damaged`, async () => {
    await using study = await interruptedStudy();
    for (const path of checkpointsOf(study).slice(-damaged)) await flip(path);
    await study.write("open", "");
    const { code, stderr } = await study.basin("run");
    assert.equal(code, 0, stderr);
    const from = damaged === 1 ? STEPS - 1 : 0;
    assert.deepEqual((await study.starts()).at(-1), `add ${from}`);
    assert.equal(await study.read("artifacts/view/add/out.txt"), "106");
    assert.match((await study.basin("logs", "add")).stdout, /is damaged; passing it over/);
  });
}

Deno.test("verify --full names a damaged checkpoint and moves it aside", async () => {
  await using study = await interruptedStudy();
  assert.equal((await study.basin("verify", "--full")).code, 0);
  const [, newest] = checkpointsOf(study);
  await flip(newest!);
  assert.equal((await study.basin("verify")).code, 0, "only --full reads what no result names");
  const { code, stdout } = await study.basin("verify", "--full");
  assert.equal(code, 3, stdout);
  assert.match(stdout, /damaged checkpoints\/[0-9a-f]{64}\/0+3\.checkpoint/);
  assert.equal(checkpointsOf(study).length, 1);
  assert.equal((await study.basin("verify", "--full")).code, 0);
});

Deno.test("export leaves checkpoints out", async () => {
  await using study = await interruptedStudy();
  const [key] = readdirSync(join(study.folder, "artifacts/checkpoints"));
  const saved = await Deno.readFile(checkpointsOf(study)[0]!);
  await study.write("open", "");
  assert.equal((await study.basin("run")).code, 0);
  // As if the worker had been killed between the publication and the removal.
  const folder = join(study.folder, "artifacts/checkpoints", key!);
  await Deno.mkdir(folder);
  await Deno.writeFile(join(folder, "00000001.checkpoint"), saved);
  assert.equal((await study.basin("export", "bundle.tar")).code, 0);
  const bundle = new TextDecoder("latin1").decode(
    await Deno.readFile(join(study.folder, "bundle.tar")),
  );
  assert.ok(bundle.includes(`keys/${key}.json`));
  assert.ok(!bundle.includes("basin-checkpoint") && !bundle.includes(".checkpoint"));
});

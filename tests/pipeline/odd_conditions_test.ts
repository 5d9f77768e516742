/** Black-box tests of what is rare but happens: paused processes, few open files, caches, clocks. */
import assert from "node:assert/strict";
import { statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { BASIN, smallStudy, type ToyStudy, toyStudy } from "./toy_study.ts";

/** Every file below a folder, in the order of its path. */
async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) files.push(...await filesBelow(path));
    else files.push(path);
  }
  return files.sort();
}

async function whole(study: ToyStudy): Promise<Record<string, string>> {
  const { code, stderr } = await study.basin("run");
  assert.equal(code, 0, stderr);
  return await study.view();
}

Deno.test("a worker that is paused while another driver runs publishes once, and the same", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "large: {", "large: { gate: open,");
  const first = study.spawn("run", "-j", "3");
  await study.untilStarts(5);
  const starts = await study.starts();
  const paused = (await study.pids())[starts.indexOf("grow regime=LB,trial=0")]!;
  Deno.kill(paused, "SIGSTOP");
  await study.write("open", "");
  // What does not wait for the paused cell is done by either driver.
  const other = await study.basin("stage", "sum", "--trial", "1");
  assert.equal(other.code, 0, other.stderr);
  Deno.kill(paused, "SIGCONT");
  const { code } = await first.output();
  assert.equal(code, 0);
  const all = await study.starts();
  assert.equal(new Set(all).size, all.length, `something ran twice: ${all}`);
  assert.equal(all.length, 8);
  await using calm = await smallStudy();
  await calm.edit("pipeline.yaml", "large: {", "large: { gate: open,");
  await calm.write("open", "");
  assert.deepEqual(await study.view(), await whole(calm));
});

const NAME_LENGTH = 200;
const OUTPUTS = 2_000;

Deno.test({
  name: "a folder of 2 000 files with names of 200 characters is published with 256 open files",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using study = await toyStudy(
      "version: 1\nstages: { many: { run: many.ts, outputs: { out: out/ } } }\n",
    );
    await study.stage("many");
    await study.edit(
      "many.ts",
      'for (const name of ["out"])',
      `Deno.mkdirSync(context.output("out"));
    for (let i = 0; i < ${OUTPUTS}; i++) {
      const file = "/" + String(i).padStart(${NAME_LENGTH}, "0");
      Deno.writeTextFileSync(context.output("out") + file, "" + i);
    }
    for (const name of [] as string[])`,
    );
    const run = () =>
      new Deno.Command("bash", {
        args: ["-c", 'ulimit -n 256 && exec "$0" run -A "$@"', Deno.execPath(), BASIN, "run"],
        cwd: study.folder,
        env: { NO_COLOR: "1" },
        stdout: "piped",
        stderr: "piped",
      }).output();
    const { code, stderr } = await run();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const view = await study.view();
    assert.equal(Object.keys(view).length, OUTPUTS);
    assert.deepEqual(await study.startsDuring(run), []);
  },
});

Deno.test("of a store that a cache restored in part only what is missing runs again", async () => {
  await using study = await smallStudy();
  const before = await whole(study);
  const files = await filesBelow(join(study.folder, "artifacts"));
  // A tar that breaks off: the last third of the files is not there, and the one before is cut.
  const kept = Math.floor(2 * files.length / 3);
  for (const path of files.slice(kept)) await Deno.remove(path);
  await Deno.truncate(files[kept - 1]!, Math.floor(statSync(files[kept - 1]!).size / 2));
  assert.deepEqual(await whole(study), before);
  assert.deepEqual(await study.startsDuring(() => study.basin("run")), []);
});

Deno.test("the store of another branch gives misses and no wrong hits", async () => {
  await using study = await smallStudy();
  await study.edit("pipeline.yaml", "value: 64", "value: 32");
  await whole(study);
  await using other = await smallStudy();
  const before = await whole(other);
  await Deno.remove(join(other.folder, "artifacts"), { recursive: true });
  await new Deno.Command("cp", {
    args: ["-r", join(study.folder, "artifacts"), join(other.folder, "artifacts")],
  }).output();
  // What the branches have in common does not run: `make`, and SB.
  const ran = await other.startsDuring(async () => assert.deepEqual(await whole(other), before));
  assert.deepEqual(ran, [
    "grow regime=LB,trial=0",
    "grow regime=LB,trial=1",
    "report",
    "sum trial=0",
    "sum trial=1",
  ]);
});

Deno.test("a clock that was put back an hour reruns nothing and sweeps nothing", async () => {
  await using study = await smallStudy();
  const before = await whole(study);
  const ahead = Date.now() / 1000 + 3600;
  for (const path of await filesBelow(study.folder)) utimesSync(path, ahead, ahead);
  assert.deepEqual(await study.startsDuring(() => study.basin("run")), []);
  const { code, stderr } = await study.basin("gc", "--yes");
  assert.equal(code, 0, stderr);
  assert.deepEqual(await study.startsDuring(() => study.basin("run")), []);
  assert.deepEqual(await study.view(), before);
});

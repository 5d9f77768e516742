/** Black-box tests of runs on file systems and clocks that a test cannot have for real. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../lib/pipeline/store/attempt.ts";
import { interposed } from "../support/interposed.ts";
import { smallStudy, type ToyStudy } from "./toy_study.ts";

const libraries = await Deno.makeTempDir({ prefix: "basin-interposed-" });
globalThis.addEventListener("unload", () => Deno.removeSync(libraries, { recursive: true }));
const lesserDisk = await interposed("lesser_disk", libraries);
const jumpingClock = await interposed("jumping_clock", libraries);

/** The small study; its commands load the library, and its stages declare that they do, too. */
async function studyWith(library: string): Promise<ToyStudy> {
  const study = await smallStudy();
  await study.edit("pipeline.yaml", "allow: {", "allow: { env: [LD_PRELOAD],");
  study.env.LD_PRELOAD = library;
  return study;
}

async function whole(study: ToyStudy): Promise<Record<string, string>> {
  const { code, stderr } = await study.basin("run");
  assert.equal(code, 0, stderr);
  return await study.view();
}

function linksBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
}

Deno.test({
  name: "where a disk has no links, two drivers run each cell once, and the view holds copies",
  ignore: lesserDisk === undefined, // no compiler, or another system than Linux
  fn: async () => {
    await using study = await studyWith(lesserDisk!);
    const runs = [study.spawn("run"), study.spawn("run")];
    for (const { code, stderr } of await Promise.all(runs.map((run) => run.output()))) {
      assert.equal(code, 0, new TextDecoder().decode(stderr));
    }
    const starts = await study.starts();
    assert.equal(new Set(starts).size, starts.length, `something ran twice: ${starts}`);
    assert.deepEqual(linksBelow(join(study.folder, "artifacts")), []);
    await using other = await smallStudy();
    assert.deepEqual(await study.view(), await whole(other));
    const again = await study.startsDuring(async () => {
      assert.match((await study.basin("run")).stdout, /nothing to do: 8 cells up to date/);
    });
    assert.deepEqual(again, []);
    const elsewhere = ["--artifacts", "elsewhere"];
    for (
      const verb of [
        ["export", "all.tar"],
        ["import", "all.tar", ...elsewhere],
        ["verify", "--full"],
        ["check", "--twice", "sum[trial=0]"],
        ["status"],
      ]
    ) {
      const { code, stderr } = await study.basin(...verb);
      assert.equal(code, 0, `${verb}: ${stderr}`);
    }
    assert.match((await study.basin("plan", ...elsewhere)).stdout, /nothing to do/);
    assert.match((await study.basin("gc", "--keep", "0")).stdout, /nothing to remove/);
  },
});

Deno.test({
  name: "where a disk has no locks, a run ends before it starts anything and says what it needs",
  ignore: lesserDisk === undefined,
  fn: async () => {
    await using study = await studyWith(lesserDisk!);
    study.env.BASIN_TEST_NO_LOCKS = "1";
    const { code, stderr } = await study.basin("run");
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^Cannot lock \S+creation\.lock: the file system cannot do that; .*--artifacts$/m,
    );
    assert.deepEqual(await study.starts(), []);
  },
});

Deno.test({
  name: "a clock that jumps an hour to and fro during a run changes no time that counts",
  ignore: jumpingClock === undefined,
  fn: async () => {
    await using study = await studyWith(jumpingClock!);
    // A quarter of the jump: it would end every stage, if it counted.
    await study.edit(
      "pipeline.yaml",
      "{ run: make.ts,",
      "{ run: make.ts, timeout: 15m, stall: 15m,",
    );
    await study.edit("pipeline.yaml", "large: {", "large: { gate: open,");
    const runs = [study.spawn("run", "-j", "2"), study.spawn("run", "-j", "2")];
    await study.untilStarts(3);
    await study.write("open", "");
    for (const { code, stderr, stdout } of await Promise.all(runs.map((run) => run.output()))) {
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      assert.match(new TextDecoder().decode(stdout), / in \d+(\.\d)? s/);
    }
    const starts = await study.starts();
    assert.equal(new Set(starts).size, starts.length, `something ran twice: ${starts}`);
    const manifests = study.manifests();
    assert.equal(manifests.length, starts.length);
    for (const { cell, status, seconds } of manifests) {
      assert.equal(status, "ok", cell);
      assert.ok(seconds! >= 0 && seconds! < 600, `${cell} took ${seconds} s`);
    }
    const isOff = ({ started }: Manifest) =>
      Math.abs(Date.parse(started!) - Date.now()) > 1_800_000;
    assert.ok(manifests.some(isOff), "the clock did not jump");
    for (const name of readdirSync(join(study.folder, "artifacts/runs"))) {
      const lines = readFileSync(join(study.folder, "artifacts/runs", name), "utf8").trimEnd();
      for (const line of lines.split("\n")) assert.ok(JSON.parse(line).type);
    }
    assert.deepEqual(await study.startsDuring(() => whole(study)), []);
    await study.edit("pipeline.yaml", "value: 64", "value: 65");
    const forecast = (await study.basin("plan")).stdout;
    assert.match(forecast, /at most about \d+\.\d s \(\d+\.\d s of work\)/);
  },
});

/** Black-box tests on a real Slurm cluster of one node; skipped where none can be started. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { lackOfSlurm, type SlurmCluster, slurmCluster } from "../support/slurm_cluster.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { smallStudy, type ToyStudy, toyStudy } from "./toy_study.ts";

const lack = lackOfSlurm();
/** All of the small study's cells, sorted, as toys note their starts. */
const ALL = [
  "grow regime=LB,trial=0",
  "grow regime=LB,trial=1",
  "grow regime=SB,trial=0",
  "grow regime=SB,trial=1",
  "make",
  "report",
  "sum trial=0",
  "sum trial=1",
];

const SLURM = ["--executor", "slurm"];

/** A study whose LB cells wait for the file `open`. */
async function gatedStudy(): Promise<ToyStudy> {
  const study = await smallStudy();
  await study.edit("pipeline.yaml", "large: {", "large: { gate: open,");
  return study;
}

/** Every file that the small study shows when it is computed here. */
async function shownLocally(): Promise<Record<string, string>> {
  await using study = await gatedStudy();
  await study.write("open", "");
  assert.equal((await study.basin("run")).code, 0);
  return await viewOf(study);
}

async function finished(child: Deno.ChildProcess) {
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** What a study shows; a driver that was killed may have left a folder that it was about to move. */
async function viewOf(study: ToyStudy): Promise<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(await study.view()).filter(([path]) => !path.includes("/.")),
  );
}

/** Jobs that wait or run, as `id state`. */
async function liveJobs({ command }: SlurmCluster): Promise<string[]> {
  const text = await command("squeue", "--noheader", "--array", "--format=%F_%K %T");
  return text.split("\n").filter((line) => line !== "");
}

/** A test with a cluster of its own; its name says why it is skipped. */
async function test(name: string, body: (cluster: SlurmCluster, t: Deno.TestContext) => unknown) {
  await Deno.test({
    name: lack === undefined ? name : `${name} (skipped: ${lack})`,
    ignore: lack !== undefined,
    fn: async (t) => {
      await using folder = await temporaryFolder();
      await using cluster = await slurmCluster(folder.path);
      for (const [variable, value] of Object.entries(cluster.env)) Deno.env.set(variable, value);
      await body(cluster, t);
    },
  });
}

test("a run on Slurm", async (cluster, t) => {
  const shown = await shownLocally();

  await t.step(
    "computes every cell once, with the bytes of a local run, and leaves no job files",
    async () => {
      await using study = await gatedStudy();
      await study.write("open", "");
      const { code, stderr, stdout } = await study.basin("run", ...SLURM);
      assert.equal(code, 0, stderr + stdout);
      assert.deepEqual((await study.starts()).sort(), ALL);
      assert.deepEqual(await viewOf(study), shown);
      const jobs = study.manifests().map(({ job }) => job);
      assert.ok(jobs.every((job) => /^Slurm \d+_\d+$/.test(job ?? "")), jobs.join());
      // Four cells of one kind, one array.
      const arrays = study.manifests().filter(({ cell }) => cell.startsWith("grow"))
        .map(({ job }) => job!.split("_")[0]);
      assert.equal(new Set(arrays).size, 1);
      assert.deepEqual(readdirSync(`${study.folder}/artifacts/batch/submissions`), []);
      assert.deepEqual(readdirSync(`${study.folder}/artifacts/batch/keys`), []);
      assert.deepEqual(await study.startsDuring(() => study.basin("run", ...SLURM)), []);
    },
  );

  await t.step(
    "goes on with the jobs of a driver that was killed three times, and sends none twice",
    async () => {
      await using study = await gatedStudy();
      // Within `make`, within the SB cells, and at the gate of both LB cells.
      for (const starts of [1, 3, 5]) {
        const killed = study.spawn("run", ...SLURM);
        await study.untilStarts(starts);
        killed.kill("SIGKILL");
        await killed.output();
      }
      const jobs = await liveJobs(cluster);
      assert.equal(jobs.length, 2, jobs.join());
      const status = await study.basin("status");
      assert.match(status.stdout, /running grow\[regime=LB,trial=0\] {2}Slurm \d+_\d/);
      const second = study.spawn("run", ...SLURM);
      await study.write("open", "");
      const { code, stderr } = await finished(second);
      assert.equal(code, 0, stderr);
      assert.deepEqual((await study.starts()).sort(), ALL);
      assert.deepEqual(await viewOf(study), shown);
    },
  );

  await t.step("is ended by Ctrl-C together with its jobs", async () => {
    await using study = await gatedStudy();
    const run = study.spawn("run", ...SLURM);
    await study.untilStarts(5);
    run.kill("SIGINT");
    const { code, stderr } = await finished(run);
    assert.equal(code, 130, stderr);
    assert.deepEqual(await liveJobs(cluster), []);
    assert.ok(study.manifests().some(({ status }) => status === "interrupted"));
  });

  await t.step(
    "leaves its jobs with --detach, and a later run takes up their results",
    async () => {
      await using study = await gatedStudy();
      const run = study.spawn("run", ...SLURM, "--detach");
      await study.untilStarts(5);
      run.kill("SIGINT");
      const { code, stderr } = await finished(run);
      assert.equal(code, 130);
      assert.match(stderr, /left 2 jobs to Slurm/);
      assert.equal((await liveJobs(cluster)).length, 2);
      await study.write("open", "");
      assert.equal((await study.basin("run", ...SLURM)).code, 0);
      assert.deepEqual((await study.starts()).sort(), ALL);
    },
  );

  await t.step(
    "runs a cell again that somebody cancelled, or whose process was killed, and says so",
    async () => {
      for (const end of ["cancel", "kill"] as const) {
        await using study = await gatedStudy();
        const run = study.spawn("run", ...SLURM);
        await study.untilStarts(5);
        if (end === "cancel") {
          const [job] = await liveJobs(cluster);
          await cluster.command("scancel", job!.split(" ")[0]!);
        } else Deno.kill((await study.pids())[4]!, "SIGKILL");
        await study.untilStarts(6);
        await study.write("open", "");
        const { code, stdout, stderr } = await finished(run);
        assert.equal(code, 0, stdout + stderr);
        const said = end === "cancel" ? /again .*somebody cancelled it/ : /again .*SIGKILL/;
        assert.match(stdout, said);
        assert.deepEqual(await viewOf(study), shown);
      }
    },
  );

  await t.step(
    "survives that the node's daemon is killed, and that the controller does not answer",
    async () => {
      await using study = await gatedStudy();
      const run = study.spawn("run", ...SLURM);
      await study.untilStarts(5);
      await cluster.restartNode();
      await cluster.stopController();
      const silent = await study.basin("status");
      assert.match(silent.stdout, /running grow/); // what files tell
      await study.write("open", "");
      await cluster.startController();
      const { code, stdout, stderr } = await finished(run);
      assert.equal(code, 0, stdout + stderr);
      assert.deepEqual((await study.starts()).sort(), ALL);
      assert.deepEqual(await viewOf(study), shown);
    },
  );

  await t.step("shares its jobs with a second driver", async () => {
    await using study = await gatedStudy();
    const runs = [study.spawn("run", ...SLURM), study.spawn("run", ...SLURM)];
    await study.untilStarts(5);
    await study.write("open", "");
    const ended = await Promise.all(runs.map(finished));
    assert.deepEqual(ended.map(({ code }) => code), [0, 0], ended.map((e) => e.stderr).join());
    assert.deepEqual((await study.starts()).sort(), ALL);
    assert.deepEqual(await viewOf(study), shown);
  });

  await t.step(
    "tells of jobs that are held, of those that nobody asks for, and cancels them before they begin",
    async () => {
      await using study = await toyStudy(`version: 1
executor: { use: slurm, slurm: { options: [--hold] } }
params: { base: { value: 1 } }
stages: { held: { run: held.ts, params: [base], outputs: { out: out } } }
`);
      await study.stage("held");
      const run = study.spawn("run");
      const reader = run.stderr.getReader();
      const { value } = await reader.read();
      const said = new TextDecoder().decode(value);
      assert.match(said, /Slurm holds jobs of `held`, \d+_0 for one: JobHeldUser; they may wait/);
      assert.match(
        (await study.basin("status")).stdout,
        /^queued held {2}Slurm \d+_0 {2}JobHeldUser$/m,
      );
      const logs = await study.basin("logs", "held");
      assert.match(
        logs.stderr,
        /^Cannot show the logs of held yet: it waits as Slurm job \d+_0 \(JobHeldUser\); ask again later$/m,
      );
      await study.edit("pipeline.yaml", "value: 1", "value: 2");
      assert.match(
        (await study.basin("status")).stdout,
        /^Slurm has 1 job for cells that this study does not ask for now, .*: \d+_0$/m,
      );
      run.kill("SIGINT");
      reader.releaseLock();
      await finished(run);
      assert.deepEqual(await liveJobs(cluster), []);
    },
  );

  await t.step(
    "works below a folder whose name has blanks, quotes and per cent signs",
    async () => {
      await using study = await gatedStudy();
      await study.write("open", "");
      const artifacts = `${study.folder}/ü 50%a 'b' "c"`;
      const { code, stdout, stderr } = await study.basin("run", ...SLURM, "--artifacts", artifacts);
      assert.equal(code, 0, stdout + stderr);
      assert.deepEqual((await study.starts()).sort(), ALL);
    },
  );

  await t.step("fails with Slurm's own words where Slurm refuses", async () => {
    const resources = "resources: { memory: 900TB }";
    await using study = await toyStudy(
      `version: 1\nstages: { much: { run: much.ts, outputs: { out: out }, ${resources} } }\n`,
    );
    await study.stage("much");
    const { code, stderr } = await study.basin("run", ...SLURM);
    assert.equal(code, 1);
    assert.match(stderr, /Slurm refuses its job: sbatch: .*(Memory|node configuration)/);
    assert.ok(!existsSync(`${study.folder}/starts.log`));
  });
});

// Needs Slurm's daemons; a job of a minute has to come to its time limit.
import assert from "node:assert/strict";
import { toyStudy } from "../pipeline/toy_study.ts";
import { lackOfSlurm, slurmCluster } from "../support/slurm_cluster.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const lack = lackOfSlurm();
const because = lack === undefined ? "" : ` (skipped: ${lack})`;

const STUDY = `version: 1
executor: { use: slurm, slurm: { time: 60s } }
stages:
  slow: { run: slow.ts, params: [{ gate: open }], outputs: { out: out } }
`;

for (const end of ["time limit", "requeue"] as const) {
  Deno.test({
    name: `a job that comes to a ${end} goes on, and the run says why${because}`,
    ignore: lack !== undefined,
    async fn() {
      await using folder = await temporaryFolder();
      await using cluster = await slurmCluster(folder.path);
      for (const [name, value] of Object.entries(cluster.env)) Deno.env.set(name, value);
      await using study = await toyStudy(STUDY);
      await study.stage("slow");
      const run = study.spawn("run");
      await study.untilStarts(1);
      if (end === "requeue") {
        const id = (await cluster.command("squeue", "--noheader", "--format=%i")).trim();
        await cluster.command("scontrol", "requeue", id);
        // Slurm waits two minutes with a job that was put back, unless told otherwise.
        await cluster.command("scontrol", "update", `JobId=${id}`, "StartTime=now");
      }
      await study.untilStarts(2);
      await study.write("open", "");
      const { code, stdout, stderr } = await run.output();
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      assert.equal(code, 0, said);
      assert.equal((await study.starts()).length, 2, "no more starts than those");
      if (end === "time limit") assert.match(said, /again .*time limit; raise `time`.*TIMEOUT/);
      else assert.doesNotMatch(said, /again/, "the same job, which counts as no retry");
    },
  });
}

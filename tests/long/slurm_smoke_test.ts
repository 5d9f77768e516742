// Needs Slurm's daemons and the compute engine.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { storedFiles, viewOf } from "../pipeline/in_process.ts";
import { lackOfSlurm, slurmCluster } from "../support/slurm_cluster.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const lack = lackOfSlurm();

Deno.test({
  name: `the smoke study gives the same bytes through Slurm${lack ? ` (skipped: ${lack})` : ""}`,
  ignore: lack !== undefined,
  async fn() {
    await using folder = await temporaryFolder();
    await using cluster = await slurmCluster(`${folder.path}/slurm`);
    const shown = async (executor: string) => {
      const artifacts = `${folder.path}/${executor}/artifacts`;
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-A", "tasks/basin.ts", "run", "--profile", "smoke"],
          ...["--executor", executor, "--artifacts", artifacts],
        ],
        cwd: PROJECT,
        env: { ...cluster.env, NO_COLOR: "1" },
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      assert.ok(storedFiles(`${folder.path}/${executor}`).length > 0);
      return viewOf(`${folder.path}/${executor}`);
    };
    assert.deepEqual(await shown("slurm"), await shown("local"));
  },
});

import assert from "node:assert/strict";
import { runCommand, runPatiently } from "../../../lib/pipeline/batch/run_command.ts";

Deno.test("runCommand() hands over what is to be read, and returns what was printed", async () => {
  const ended = await runCommand("sh", ["-c", "cat; echo no >&2; exit 3"], "text");
  assert.deepEqual(ended, { code: 3, stdout: "text", stderr: "no\n" });
});

Deno.test("runCommand() says which command is not there", async () => {
  await assert.rejects(runCommand("basin-no-such-command", []), {
    name: "RangeError",
    message: /^Cannot find `basin-no-such-command`; .* --executor local$/,
  });
});

Deno.test("runPatiently() ends a command that gives no answer, and whatever that has started", async () => {
  // A site's own script: the one that sleeps holds its output open.
  const run = runPatiently("sh", ["-c", "sleep 1000; true"], "", 50);
  await assert.rejects(run, { message: "sh gave no answer for 0.05 s" });
});

Deno.test("runCommand() does not take a command that was killed for one that refuses", async () => {
  await assert.rejects(runCommand("sh", ["-c", "kill -9 $$"]), {
    message: "sh was killed by SIGKILL",
  });
});

Deno.test("runCommand() hides the user's defaults for squeue, which would hide jobs", async () => {
  Deno.env.set("SQUEUE_PARTITION", "gpu");
  Deno.env.set("SBATCH_ACCOUNT", "ab1");
  try {
    const { stdout } = await runCommand("sh", ["-c", "echo $SQUEUE_PARTITION,$SBATCH_ACCOUNT"]);
    assert.equal(stdout, ",ab1\n");
  } finally {
    Deno.env.delete("SQUEUE_PARTITION");
    Deno.env.delete("SBATCH_ACCOUNT");
  }
});

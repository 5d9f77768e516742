/** A job on a node of a cluster: computes one task of a folder. Not called by hand. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { engineDescription } from "../lib/engine/description.ts";
import { settleKernels } from "../lib/engine/settle_kernels.ts";
import { runTask } from "../lib/pipeline/batch/run_task.ts";
import { thisRuntime } from "../lib/pipeline/key/preimage.ts";

if (import.meta.main) {
  const [folder, index] = Deno.args;
  settleKernels();
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => stop.abort());
  }
  const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task } = process.env;
  const name = array === undefined ? Deno.env.get("BASIN_JOB") : `Slurm ${array}_${task}`;
  const status = await runTask(folder!, Number(index), {
    worker: fileURLToPath(new URL("./worker.ts", import.meta.url)),
    engine: (threads) => ({ ...engineDescription(threads) }),
    runtime: thisRuntime(),
    name,
    signal: stop.signal,
  }).catch((error: Error) => {
    // The driver shows what its job printed; a stack would only bury it.
    Deno.stderr.writeSync(new TextEncoder().encode(`${error.message}\n`));
    return 1;
  });
  Deno.exit(status); // what listens for signals would keep the process alive
}

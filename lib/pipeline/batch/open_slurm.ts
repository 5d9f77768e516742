/** Everything that Slurm needs, in one module: so it is loaded for a cluster alone. */
export { batchExecutor } from "./executor.ts";
export { slurm } from "./slurm.ts";

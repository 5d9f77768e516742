/** The executor that the command line or the study names. */
import { availableParallelism } from "node:os";
import type { Cell } from "../plan/cell.ts";
import type { RunOptions } from "../run/run_cells.ts";
import type { Workspace } from "../run/workspace.ts";
import { UsageError, type VerbContext } from "./verb.ts";

/** How cells are computed. */
export interface ChosenExecutor extends Pick<RunOptions, "makeExecutor" | "limits"> {
  /** Cells that run at once, for a guess of the time. */
  readonly atOnce: number;
}

/** Not by a literal `import("…")`, which Deno would load before the program begins. */
export async function loadSlurm(): Promise<typeof import("../batch/open_slurm.ts")> {
  const path = "../batch/open_slurm.ts";
  return await import(path);
}

/** Loads an executor; what a cluster needs is loaded for a cluster alone. */
export async function chosenExecutor(
  { study, layout }: Workspace,
  cells: readonly Cell[],
  { executor = study.executor.use, jobs, detach = false, terminal, batchTask }: VerbContext,
): Promise<ChosenExecutor> {
  if (executor === "local") {
    if (detach) {
      throw new UsageError(
        "Cannot use --detach where cells are computed on this machine: they end with the run; add " +
          "--executor slurm",
      );
    }
    return { makeExecutor: undefined, limits: undefined, atOnce: jobs ?? availableParallelism() };
  }
  const { slurm, batchExecutor } = await loadSlurm();
  const settings = study.executor.slurm;
  const system = slurm(settings);
  await system.check();
  return {
    makeExecutor: () =>
      batchExecutor({
        system,
        layout,
        program: [Deno.execPath(), "run", "-A", "--quiet", "--no-prompt", batchTask],
        comment: `basin ${study.profile}`,
        detach,
        say: (text) => terminal.warn(`${text}\n`),
      }),
    // The cluster knows what it has; `--jobs` still bounds the cores in use.
    limits: { cpus: jobs ?? Infinity, memory: Infinity, gpus: Infinity },
    atOnce: jobs ?? settings.atOnce ?? cells.length,
  };
}

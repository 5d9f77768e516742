/** Runs cells of a workspace on this machine: scheduler, store and workers put together. */
import { availableParallelism, totalmem } from "node:os";
import type { Cell } from "../plan/cell.ts";
import { prepareLayout } from "../store/layout.ts";
import { lockFreed, tryLock } from "../store/lock.ts";
import { dropRecord, quarantineObject } from "../store/quarantine.ts";
import type { ResultRecord } from "../store/record.ts";
import { sweep } from "../store/sweep.ts";
import { showResult, viewedKey, viewFolder, viewRoot } from "../store/view.ts";
import type { Listener } from "../events.ts";
import { expectations } from "./expectations.ts";
import { machineGpus } from "./gpus.ts";
import { inspectCell, jobOf, reasonsToRun } from "./inspect.ts";
import { journal } from "./journal.ts";
import type { Executor } from "./executor.ts";
import { localExecutor, type LocalExecutorOptions } from "./local_executor.ts";
import { type Limits, schedule, type Summary } from "./scheduler.ts";
import type { Workspace } from "./workspace.ts";

/** How to run. */
export interface RunOptions {
  /** Cores to use; all of them if left out. */
  readonly jobs?: number | undefined;
  /** Absolute path of the worker's module. */
  readonly worker: string;
  readonly listeners: readonly Listener[];
  /** Starts nothing more once a cell has failed. */
  readonly failFast?: boolean | undefined;
  /** Whether damaged results are made again, the default, or left as they are. */
  readonly repair?: boolean | undefined;
  /** Interrupts the run: workers are ended, and nothing of theirs is kept. */
  readonly signal: AbortSignal;
  /** A second, impatient interruption. */
  readonly kill: AbortSignal;
  /** Computes cells elsewhere than in processes of this machine. */
  readonly makeExecutor?: ((options: LocalExecutorOptions) => Executor) | undefined;
  /** What may run at once; what this machine takes if left out. */
  readonly limits?: Limits | undefined;
}

/**
 * Runs cells until all have results, have failed or are blocked.
 *
 * @param cells Each after all that it reads from.
 */
export async function runCells(
  workspace: Workspace,
  cells: readonly Cell[],
  {
    jobs,
    worker,
    listeners,
    failFast = false,
    repair = true,
    signal,
    kill,
    makeExecutor = localExecutor,
    limits = {
      cpus: jobs ?? availableParallelism(),
      memory: totalmem(),
      gpus: machineGpus().length,
    },
  }: RunOptions,
): Promise<Summary> {
  const { layout, study } = workspace;
  prepareLayout(layout);
  tryLock(layout.creation)?.release(); // says at once where a disk has no locks
  workspace.remember();
  sweep(layout, Date.now());
  const executor = makeExecutor({ worker, artifacts: layout.root });
  signal.addEventListener("abort", () => executor.stop("SIGTERM"));
  kill.addEventListener("abort", () => executor.stop("SIGKILL"));
  const root = viewRoot(layout, study.profile);
  const all = [...listeners, journal(layout, () => new Date())];
  const emit: Listener = (event) => {
    // What a stopped worker says is no failure of its stage.
    if (signal.aborted && event.type !== "finished") return;
    // A repaired cell may have come out with other bytes under the same key.
    if (event.type === "hit") show(event.cell, event.record, false);
    if (event.type === "finished") show(event.cell, event.record, true);
    for (const listener of all) listener(event);
  };
  const show = (cell: Cell, record: ResultRecord, isNew: boolean) => {
    const folder = viewFolder(root, cell);
    if (isNew || viewedKey(folder) !== record.key) showResult(layout, folder, cell, record);
  };
  const summary = await schedule(
    cells,
    {
      inspect: (cell, resultOf) => inspectCell(workspace, cell, resultOf),
      reasons: (cell, run) => reasonsToRun(workspace, cell, run),
      expectedSeconds: expectations(workspace),
      execute: (cell, run) =>
        executor.execute(
          cell.stage,
          jobOf(workspace, cell, run),
          (progress) => emit({ type: "progress", cell, progress }),
        ),
      freed: ({ key }) => Promise.race([lockFreed(layout.lock(key)), aborted(signal)]),
      discard(key, digests) {
        dropRecord(layout, key);
        for (const digest of digests) quarantineObject(layout, digest);
      },
    },
    limits,
    { emit, signal, failFast, repair },
  );
  workspace.objects.save();
  return summary;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}

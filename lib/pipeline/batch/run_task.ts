/** Computes one task on a node of a cluster, and leaves what came of it. */
import { hostname } from "node:os";
import type { EngineFacts, Runtime } from "../key/preimage.ts";
import type { Progress } from "../stage.ts";
import { layoutOf } from "../store/layout.ts";
import { refusalText } from "../store/named_file.ts";
import type { Outcome } from "../run/executor.ts";
import { STOPPED } from "../worker/job.ts";
import { localExecutor } from "../run/local_executor.ts";
import {
  noteProgress,
  readTask,
  type Task,
  type TaskFolder,
  taskFolder,
  writeOutcome,
} from "./task_folder.ts";

/** What surrounds a task. */
export interface TaskOptions {
  /** Absolute path of the worker's module. */
  readonly worker: string;
  /** Describes the compute engine of this node with so many threads. */
  readonly engine: (threads: number) => EngineFacts | Promise<EngineFacts>;
  readonly runtime: Runtime;
  /** As people know the job, such as `Slurm 7_12`. */
  readonly name: string | undefined;
  /** The batch system wants the job to end. */
  readonly signal: AbortSignal;
}

/** Least milliseconds between two files that tell how far the task is. */
const PROGRESS_MILLISECONDS = 1000;

/**
 * Computes the task with a number out of a submission's folder.
 *
 * @returns Exit status: 0 if its result is published.
 * @throws {RangeError} If the task cannot be read, because the folder is not there for this node, say.
 */
export async function runTask(
  path: string,
  index: number,
  { worker, engine, runtime, name, signal }: TaskOptions,
): Promise<number> {
  const folder = taskFolder(path);
  const task = taskOf(folder, index);
  const { job, needs } = task;
  const layout = layoutOf(job.artifacts);
  const leave = (outcome: Outcome) => writeOutcome(layout, folder, index, outcome);
  const other = await differenceOf(task, engine, runtime);
  if (other !== undefined) {
    leave({ kind: "failed", cause: "stage", reason: other, log: undefined, tail: [] });
    return 1;
  }
  const executor = localExecutor({
    worker,
    artifacts: job.artifacts,
    env: name === undefined ? {} : { BASIN_JOB: name },
  });
  if (signal.aborted) return STOPPED; // while it looked at the engine
  signal.addEventListener("abort", () => executor.stop("SIGTERM"));
  let last = -Infinity;
  const onProgress = (progress: Progress) => {
    const now = performance.now();
    if (now - last < PROGRESS_MILLISECONDS) return;
    last = now;
    noteProgress(folder, index, progress);
  };
  const outcome = await executor.execute(needs, job, onProgress);
  // Stopped from without: why, the batch system can say, and it may start the task again.
  if (signal.aborted && outcome.kind === "failed") return STOPPED;
  leave(outcome);
  return outcome.kind === "published" ? 0 : 1;
}

function taskOf(folder: TaskFolder, index: number): Task {
  try {
    return readTask(folder, index);
  } catch (error) {
    throw new RangeError(
      `Cannot read the task ${folder.task(index)} on ${hostname()}: ${refusalText(error)}; the ` +
        "artifacts folder has to be on a file system that this node shares with the driver",
    );
  }
}

/** What the key says of engine and runtime, and this node has not; such a result would lie. */
async function differenceOf(
  { job: { document: { preimage } }, needs }: Task,
  engine: TaskOptions["engine"],
  runtime: Runtime,
): Promise<string | undefined> {
  const own: Readonly<Record<string, unknown>> = {
    ...runtime,
    ...(preimage.engine && await engine(needs.cpus)),
  };
  const wanted: Readonly<Record<string, unknown>> = { ...preimage.runtime, ...preimage.engine };
  const names = [...new Set([...Object.keys(own), ...Object.keys(wanted)])]
    .filter((fact) => own[fact] !== wanted[fact]);
  if (names.length === 0) return undefined;
  const said = (facts: typeof own) => names.map((fact) => `${fact} ${facts[fact] ?? "none"}`);
  return `Cannot compute it on ${hostname()}, which has ${said(own).join(", ")}: the run was ` +
    `started where there is ${said(wanted).join(", ")}; start it on a node of the kind that ` +
    "computes, or choose nodes like this machine by `options: [--constraint=…]`";
}

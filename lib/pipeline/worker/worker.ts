/** Computes one cell: the body of a worker process. */
import { mkdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { changedCode } from "../key/stage_module.ts";
import { type Attempt, endAttempt, type Manifest, startAttempt } from "../store/attempt.ts";
import { appendToLog, withRoomLeft } from "../store/disk_full.ts";
import { type Layout, layoutOf } from "../store/layout.ts";
import { type Lock, tryLock } from "../store/lock.ts";
import { damagedObjects } from "../store/objects.ts";
import { checkOutputs, publish } from "../store/publish.ts";
import { readRecord } from "../store/record.ts";
import { BUSY, type Job, STOPPED, type WorkerEvent } from "./job.ts";
import { openInputs } from "./open_inputs.ts";
import { realPath } from "./real_path.ts";
import { runStage } from "./run_stage.ts";
import { type StageRunner, type StageTask, STOPPED_ERROR } from "./stage_task.ts";
import { makeStopMemory, type StopFlag, stopFlag } from "./stop_flag.ts";
import { plainError } from "./thread_messages.ts";

/** What surrounds a worker. */
export interface WorkerOptions {
  /** Chooses how the stage is run; by default in this thread, with this thread's rights. */
  readonly makeRunner?: (job: Job, task: StageTask, attempt: Attempt) => StageRunner;
  /** Resolves when the worker is to stop. */
  readonly stop?: Promise<void>;
  /** Least seconds between two checkpoints. */
  readonly checkpointSeconds?: number;
}

/** How long a stage that saves checkpoints has to come to its next one. */
const GRACE_MILLISECONDS = 20_000;

/**
 * Computes a cell and publishes its result.
 *
 * The worker itself holds the cell's lock, so the lock lives exactly as long as the computation,
 * whatever becomes of the driver.
 *
 * @param emit Tells the driver.
 * @returns Exit status: 0 published, 1 failed, {@link STOPPED}, or {@link BUSY} if another worker
 *   holds the cell.
 */
export async function runWorker(
  job: Job,
  emit: (event: WorkerEvent) => void,
  options: WorkerOptions = {},
): Promise<number> {
  const layout = layoutOf(job.artifacts);
  let lock: Lock | undefined;
  try {
    lock = tryLock(layout.lock(job.key));
    if (!lock) return BUSY;
    return await computeOnce(job, lock, emit, options);
  } catch (error) { // before the stage ran, or after it
    if (!isExplained(error)) writeStack(error);
    emit({ type: "failed", reason: storeReason(error, job) });
    return 1;
  } finally {
    lock?.release();
  }
}

async function computeOnce(
  job: Job,
  lock: Lock,
  emit: (event: WorkerEvent) => void,
  options: WorkerOptions,
): Promise<number> {
  const layout = layoutOf(job.artifacts);
  // Whoever held the lock a moment ago may have published.
  const record = readRecord(layout, job.key);
  const isWhole = record && record !== "damaged" &&
    Object.values(record.outputs).every(({ digest }) =>
      damagedObjects(layout, digest).length === 0
    );
  if (isWhole) {
    emit({ type: "published", record, nondeterministic: [] });
    return 0;
  }
  const digests = damagedInputs(layout, job);
  if (digests.length > 0) {
    emit({ type: "corrupt", digests });
    return 1;
  }
  const attempt = startAttempt(layout, job.key, job.document, new Date());
  lock.describe({ pid: Deno.pid, attempt: attempt.id, job: clusterJob() });
  emit({ type: "started", attempt: attempt.id });
  return await runAttempt(job, attempt, emit, options);
}

/** The job of a cluster that this process belongs to, as the task on its node has named it. */
function clusterJob(): string | undefined {
  return Deno.env.get("BASIN_JOB");
}

function damagedInputs(layout: Layout, job: Job): string[] {
  const wanted = new Set(
    job.inputs.flatMap(({ artifacts }) => artifacts.map(({ digest }) => digest)),
  );
  return [...wanted].filter((digest) => damagedObjects(layout, digest).length > 0);
}

async function runAttempt(
  job: Job,
  attempt: Attempt,
  emit: (event: WorkerEvent) => void,
  { makeRunner = () => runStage, stop, checkpointSeconds = 10 }: WorkerOptions,
): Promise<number> {
  const layout = layoutOf(job.artifacts);
  const started = new Date();
  const begun = performance.now(); // the wall clock may be set meanwhile
  const seconds = () => (performance.now() - begun) / 1000;
  let divergence: string | undefined;
  let isOver = false;
  const end = (manifest: Pick<Manifest, "status"> & Partial<Manifest>) =>
    endAttempt(layout, attempt, {
      cell: job.cell,
      key: job.key,
      started: started.toISOString(),
      seconds: seconds(),
      host: hostname(),
      ...(clusterJob() !== undefined && { job: clusterJob()! }),
      ...manifest,
    });
  try {
    for (const { path } of job.outputs) {
      mkdirSync(join(attempt.work, path, ".."), { recursive: true });
    }
    const { labels, parameters, outputs } = job;
    // The key is that of the files behind links, so those are run, with what lies beside them.
    const module = realPath(job.module);
    const inputs = openInputs(job, layout, attempt);
    const checkpoints = layout.checkpoints(job.key);
    const memory = makeStopMemory();
    const task: StageTask = {
      ...{ module, labels, parameters, inputs, outputs, checkpoints, checkpointSeconds },
      work: attempt.work,
      stop: memory,
    };
    const ended = makeRunner(job, task, attempt)(task, {
      loaded: () => refuseChangedCode(job, Object.keys(job.document.modules)),
      progress: ({ done, total, note }) => { // what else a stage puts there is no business of the driver
        const event = { done, total, ...(note !== undefined && { note }) };
        appendToLog(join(attempt.folder, "events.jsonl"), `${JSON.stringify(event)}\n`);
        emit({ type: "progress", ...event });
      },
      diverged: (reason) => divergence ??= reason ?? "it gave no reason",
    });
    await (stop ? Promise.race([ended, stopped(stop, stopFlag(memory))]) : ended);
    isOver = true;
    // The rest was loaded before the first look, so later edits of it cannot matter.
    await refuseChangedCode(job, job.lazy);
    checkOutputs(attempt, job.outputs);
    const { record, nondeterministic } = publish(layout, attempt, job.outputs, {
      key: job.key,
      status: divergence === undefined ? "ok" : "diverged",
      ...(divergence !== undefined && { reason: divergence }),
      seconds: seconds(),
    });
    end({
      status: divergence === undefined ? "ok" : "diverged",
      ...(divergence !== undefined && { reason: divergence }),
      outputs: record.outputs,
      ...(nondeterministic.length > 0 && { nondeterministic }),
    });
    rmSync(checkpoints, { recursive: true, force: true });
    emit({ type: "published", record, nondeterministic });
    return 0;
  } catch (error) {
    const { name, message } = plainError(error);
    if (name === STOPPED_ERROR) {
      end({ status: "interrupted", reason: message });
      return STOPPED;
    }
    const isOurs = isOver || error instanceof ChangedCode;
    const reason = isOurs ? storeReason(error, job) : reasonOf(error, job);
    if (!isOurs || !isExplained(error)) writeStack(error);
    end({ status: "failed", reason });
    emit({ type: "failed", reason });
    return 1;
  }
}

/** Rejects when the worker has been told to stop and its stage has had time to save its state. */
async function stopped(stop: Promise<void>, flag: StopFlag): Promise<never> {
  await stop;
  flag.raise();
  if (flag.isHeeded) await new Promise((resolve) => setTimeout(resolve, GRACE_MILLISECONDS));
  const error = new Error("The run was stopped");
  error.name = STOPPED_ERROR;
  throw error;
}

async function refuseChangedCode(
  { module, project, document }: Job,
  names: readonly string[],
): Promise<void> {
  const { modules, preimage: { code: { digest } } } = document;
  const [file] = await changedCode({ module, project, digest, modules }, names);
  if (file === undefined) return;
  throw new ChangedCode(
    `Cannot publish the result: ${file} changed since the run began; run again`,
  );
}

/** The stage is at no fault: what it was to run has changed. */
class ChangedCode extends Error {}

/** Whether a message says all: what a stage did not write, or what the system refuses. */
function isExplained(error: unknown): boolean {
  return (error as { code?: unknown }).code !== undefined ||
    plainError(error).message.startsWith("Cannot ");
}

/** Of an error before the stage began or after it has ended: the stage did not throw it. */
function storeReason(error: unknown, { artifacts }: Job): string {
  const { message } = plainError(error);
  const text = message.startsWith("Cannot ") ? message : `Cannot use the store: ${message}`;
  return withRoomLeft(text, artifacts);
}

function reasonOf(error: unknown, { artifacts }: Job): string {
  const { name, message } = plainError(error);
  return withRoomLeft(`${name}: ${message}`, artifacts);
}

function writeStack(error: unknown): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${plainError(error).stack}\n`));
}

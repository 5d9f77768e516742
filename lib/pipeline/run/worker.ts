/** Computes one cell: the body of a worker process. */
import { appendFileSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { changedCode } from "../key/stage_module.ts";
import { type Attempt, endAttempt, type Manifest, startAttempt } from "../store/attempt.ts";
import { layoutOf } from "../store/layout.ts";
import { tryLock } from "../store/lock.ts";
import { damagedObjects } from "../store/objects.ts";
import { checkOutputs, publish } from "../store/publish.ts";
import { readRecord } from "../store/record.ts";
import { BUSY, type Job, type WorkerEvent } from "./job.ts";
import { openInputs } from "./open_inputs.ts";
import { runStage } from "./run_stage.ts";
import type { StageRunner, StageTask } from "./stage_task.ts";
import { plainError } from "./thread_messages.ts";

/** Chooses how a stage is run; by default in this thread, with this thread's rights. */
export type MakeRunner = (job: Job, task: StageTask, attempt: Attempt) => StageRunner;

/**
 * Computes a cell and publishes its result.
 *
 * The worker itself holds the cell's lock, so the lock lives exactly as long as the computation,
 * whatever becomes of the driver.
 *
 * @param emit Tells the driver.
 * @returns Exit status: 0 published, 1 failed, {@link BUSY} if another worker holds the cell.
 */
export async function runWorker(
  job: Job,
  emit: (event: WorkerEvent) => void,
  makeRunner: MakeRunner = () => runStage,
): Promise<number> {
  const layout = layoutOf(job.artifacts);
  const lock = tryLock(layout.lock(job.key));
  if (!lock) return BUSY;
  try {
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
    const digests = damagedInputs(job);
    if (digests.length > 0) {
      emit({ type: "corrupt", digests });
      return 1;
    }
    const attempt = startAttempt(layout, job.key, job.document, new Date());
    lock.describe({ pid: Deno.pid, attempt: attempt.id });
    emit({ type: "started", attempt: attempt.id });
    return await runAttempt(job, attempt, emit, makeRunner);
  } finally {
    lock.release();
  }
}

function damagedInputs(job: Job): string[] {
  const layout = layoutOf(job.artifacts);
  const wanted = new Set(
    job.inputs.flatMap(({ artifacts }) => artifacts.map(({ digest }) => digest)),
  );
  return [...wanted].filter((digest) => damagedObjects(layout, digest).length > 0);
}

async function runAttempt(
  job: Job,
  attempt: Attempt,
  emit: (event: WorkerEvent) => void,
  makeRunner: MakeRunner,
): Promise<number> {
  const layout = layoutOf(job.artifacts);
  const started = new Date();
  const seconds = () => (Date.now() - started.getTime()) / 1000;
  let divergence: string | undefined;
  const end = (manifest: Pick<Manifest, "status"> & Partial<Manifest>) =>
    endAttempt(layout, attempt, {
      cell: job.cell,
      key: job.key,
      started: started.toISOString(),
      seconds: seconds(),
      host: hostname(),
      ...manifest,
    });
  try {
    for (const { path } of job.outputs) {
      mkdirSync(join(attempt.work, path, ".."), { recursive: true });
    }
    const { module, labels, parameters, outputs } = job;
    const inputs = openInputs(job, layout, attempt);
    const task = { module, labels, parameters, inputs, outputs, work: attempt.work };
    await makeRunner(job, task, attempt)(task, {
      loaded: () => refuseChangedCode(job, Object.keys(job.document.modules)),
      progress: (event) => {
        appendFileSync(join(attempt.folder, "events.jsonl"), `${JSON.stringify(event)}\n`);
        emit({ type: "progress", ...event });
      },
      diverged: (reason) => divergence ??= reason,
    });
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
    emit({ type: "published", record, nondeterministic });
    return 0;
  } catch (error) {
    const { name, message, stack } = plainError(error);
    const reason = `${name}: ${message}`;
    Deno.stderr.writeSync(new TextEncoder().encode(`${stack}\n`));
    end({ status: "failed", reason });
    emit({ type: "failed", reason });
    return 1;
  }
}

async function refuseChangedCode(
  { module, project, document }: Job,
  names: readonly string[],
): Promise<void> {
  const { modules, preimage: { code: { digest } } } = document;
  const [file] = await changedCode({ module, project, digest, modules }, names);
  if (file === undefined) return;
  throw new Error(`Cannot publish the result: ${file} changed since the run began; run again`);
}

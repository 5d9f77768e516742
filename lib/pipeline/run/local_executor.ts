/** Runs cells in worker processes on this machine. */
import type { Progress } from "../stage.ts";
import { recordDeath } from "../store/attempt.ts";
import { withRoomLeft } from "../store/disk_full.ts";
import { layoutOf } from "../store/layout.ts";
import { gpuPool, machineGpus } from "./gpus.ts";
import { BUSY, type Order, STOPPED, type WorkerEvent } from "../worker/job.ts";
import type { Executor, Outcome } from "./executor.ts";
import { timeLimits } from "./time_limits.ts";
import { workerEnvironment } from "./worker_environment.ts";
import { attemptLog, readStdout, readText } from "./worker_output.ts";

/** How worker processes are started. */
export interface LocalExecutorOptions {
  /** Absolute path of the module that a worker runs. */
  readonly worker: string;
  /** The artifacts folder. */
  readonly artifacts: string;
  /** Further environment of every worker. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of the GPUs to share out; the machine's if left out. */
  readonly gpus?: readonly string[];
}

/** How long a worker has to save its checkpoint when its time is over. */
const GRACE_MILLISECONDS = 30_000;

/**
 * glibc keeps freed memory for the next large array instead of handing it back to the system at
 * once. Otherwise each new vector of a million weights costs some three thousand page faults, 5 %
 * of the time of a gradient where f is quick. Other systems' allocators do not read these.
 */
const ALLOCATOR = {
  MALLOC_MMAP_THRESHOLD_: "4294967296",
  MALLOC_TRIM_THRESHOLD_: "17179869184",
  MALLOC_TOP_PAD_: "67108864",
};

/** Signals by which a process ends itself where it cannot go on. */
const ABORTS = ["SIGTRAP", "SIGABRT", "SIGILL"];

const FAILED = { kind: "failed", log: undefined, tail: [] } as const;

/** An executor that starts one process for each cell. */
export function localExecutor(
  { worker, artifacts, env = {}, gpus = machineGpus() }: LocalExecutorOptions,
): Executor {
  const pool = gpuPool(gpus);
  const children = new Set<Deno.ChildProcess>();
  const compute = async (
    visible: readonly string[],
    ...[needs, job, onProgress]: Parameters<Executor["execute"]>
  ): Promise<Outcome> => {
    const threads = String(needs.engine ? needs.cpus : 1);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-prompt", worker],
      clearEnv: true,
      env: {
        // Ops that run at once change no sum. With several threads a product Hv takes four fifths of
        // the time, for small ops fill what large ones leave idle.
        TF_NUM_INTEROP_THREADS: threads,
        ...workerEnvironment(Deno.env.toObject(), {
          env: job.access.env,
          usesNetwork: job.access.net === true || isFilled(job.access.net),
        }),
        // Equal on every machine, as sums depend on the number of threads.
        TF_NUM_INTRAOP_THREADS: threads,
        TF_CPP_MIN_LOG_LEVEL: "3",
        NO_COLOR: "1",
        ...ALLOCATOR,
        ...(visible.length > 0 && { CUDA_VISIBLE_DEVICES: visible.join(",") }),
        ...env,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // A group of its own: Ctrl-C reaches the driver alone, which then ends its workers in order,
      // and what a stage has started goes down with it.
      detached: true,
    }).spawn();
    children.add(child);
    // Never closed while it lives: its end tells the worker that the driver died.
    const stdin = child.stdin.getWriter();
    const order: Order = { job, token: crypto.randomUUID() };
    stdin.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`)).catch(() => {});
    const log = attemptLog(artifacts);
    let outcome: Outcome | undefined;
    let exceeded: string | undefined;
    let grace: ReturnType<typeof setTimeout> | undefined;
    const limits = timeLimits(needs, (reason) => {
      exceeded = reason;
      endGroup(child, "SIGTERM");
      grace = setTimeout(() => endGroup(child, "SIGKILL"), GRACE_MILLISECONDS);
    });
    const onEvent = (event: WorkerEvent) => {
      limits.alive();
      if (event.type === "started") log.open(event.attempt);
      else if (event.type === "progress") onProgress(progressOf(event));
      else if (event.type === "published") outcome = { ...event, kind: "published" };
      else if (event.type === "corrupt") outcome = { kind: "corrupt", digests: event.digests };
      else outcome = { ...FAILED, cause: "stage", reason: event.reason };
    };
    const heard = (stream: "stdout" | "stderr") => (text: string) => {
      limits.alive();
      log.append(stream, text);
    };
    try {
      await Promise.all([
        readStdout(child.stdout, order.token, onEvent, heard("stdout")),
        readText(child.stderr, heard("stderr")),
      ]);
    } catch (error) { // a listener failed, say: the worker must not go on unheard
      endGroup(child, "SIGKILL");
      outcome = { ...FAILED, cause: "stage", reason: withRoomLeft(String(error), artifacts) };
    }
    const status = await child.status;
    limits.clear();
    clearTimeout(grace);
    children.delete(child);
    await stdin.close().catch(() => {});
    if (status.code === BUSY && !outcome) return { kind: "busy" };
    if (outcome && outcome.kind !== "failed") return outcome;
    const place = { log: log.folder(), tail: log.tail() };
    if (outcome) return { ...outcome, ...place };
    const reason = exceeded ?? endOf(status);
    // Nobody else can have said why: the worker is dead, or knows only that it was to stop.
    const attempt = log.attempt();
    if (attempt) {
      recordDeath(layoutOf(artifacts), attempt, { cell: job.cell, key: job.key, reason });
    }
    return { kind: "failed", cause: "worker", reason, ...place };
  };
  return {
    async execute(needs, job, onProgress) {
      const wanted = needs.gpus;
      const taken = pool.take(wanted);
      if (!taken) return { ...FAILED, cause: "stage", reason: lackOfGpus(wanted, gpus.length) };
      try {
        return await compute(taken, needs, job, onProgress);
      } finally {
        pool.give(taken);
      }
    },
    stop(signal) {
      for (const child of children) {
        endGroup(child, signal);
      }
    },
  };
}

function isFilled(hosts: false | readonly string[]): boolean {
  return hosts !== false && hosts.length > 0;
}

function lackOfGpus(wanted: number, there: number): string {
  return `It needs GPUs: ${wanted}, and this machine has ${there} that it may use; ` +
    "lower `gpus` in the stage's `resources`, or look at CUDA_VISIBLE_DEVICES";
}

function endOf({ code, signal }: Deno.CommandStatus): string {
  if (signal === "SIGKILL") return "The worker was killed by SIGKILL, perhaps for want of memory";
  if (signal && ABORTS.includes(signal)) {
    return `The worker ended by ${signal}, as it does when its memory is full; its log may say more`;
  }
  if (signal) return `The worker was killed by ${signal}`;
  if (code === STOPPED) return "The worker was told to stop";
  return `The worker ended with exit status ${code}`;
}

function endGroup({ pid }: Deno.ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    Deno.kill(-pid, signal); // minus: the whole group
  } catch {
    // It ended by itself a moment ago.
  }
}

function progressOf({ done, total, note }: Extract<WorkerEvent, { type: "progress" }>): Progress {
  return { done, total, ...(note !== undefined && { note }) };
}

/** Computes a cell although its worker is killed again and again. */
import { existsSync } from "node:fs";
import type { Layout } from "../store/layout.ts";
import type { Job } from "../worker/job.ts";
import type { Executor, Needs, Outcome } from "./executor.ts";

/** What came of a computation, and of the attempts before it. */
export interface Interrupted {
  readonly outcome: Outcome;
  /** Seconds after which a worker was killed, in order. */
  readonly kills: readonly number[];
  /** Attempts that found a checkpoint to go on from. */
  readonly resumed: number;
}

/**
 * Executes a job whose worker is killed at random moments of its first attempts; the last attempt is
 * left in peace.
 *
 * @param seconds What the job takes; moments are drawn from the first half of that, so that the first
 *   attempt at least is killed.
 */
export async function executeInterrupted(
  executor: Executor,
  needs: Needs,
  { layout, job }: { readonly layout: Layout; readonly job: Job },
  { seconds, attempts, signal }: {
    readonly seconds: number;
    readonly attempts: number;
    readonly signal: AbortSignal;
  },
): Promise<Interrupted> {
  const kills: number[] = [];
  let resumed = 0;
  const execute = () => {
    if (existsSync(layout.checkpoints(job.key))) resumed++;
    return executor.execute(needs, job, () => {});
  };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const moment = uniform() * seconds / 2;
    const timer = setTimeout(() => executor.stop("SIGKILL"), 1000 * moment);
    const outcome = await execute();
    clearTimeout(timer);
    const isKilled = outcome.kind === "failed" && outcome.cause === "worker";
    if (!isKilled || signal.aborted) return { outcome, kills, resumed };
    kills.push(moment);
  }
  return { outcome: await execute(), kills, resumed };
}

/** Uniform in [0, 1): of the system's own randomness, for no result depends on it. */
function uniform(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
}

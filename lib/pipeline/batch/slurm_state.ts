/** What Slurm's job states mean for a task. */
import type { TaskState } from "./batch_system.ts";

/** States in which Slurm may still start the job, or start it again. */
const WAITING = new Set([
  "PENDING",
  "CONFIGURING",
  "REQUEUED",
  "REQUEUE_FED",
  "REQUEUE_HOLD",
  "RESV_DEL_HOLD",
  "SPECIAL_EXIT",
]);

const RUNNING = new Set([
  "RUNNING",
  "COMPLETING",
  "RESIZING",
  "SIGNALING",
  "STAGE_OUT",
  "STOPPED",
  "SUSPENDED",
]);

/** How a job ended that left no result, in words; see `man squeue`, JOB STATE CODES. */
const ENDS: Readonly<Record<string, string>> = {
  BOOT_FAIL: "its node did not start",
  CANCELLED: "somebody cancelled it",
  COMPLETED: "it ended and left no result",
  DEADLINE: "it came to its deadline",
  FAILED: "it failed",
  LAUNCH_FAILED: "its node could not start it",
  NODE_FAIL: "its node failed",
  OUT_OF_MEMORY: "it needed more memory than it was given; raise `memory` in its `resources`",
  PREEMPTED: "it was preempted",
  REVOKED: "another cluster took it",
  TIMEOUT: "it came to its time limit; raise `time` under `executor.slurm`",
};

/** Reasons for waiting that do not pass by themselves. */
const STUCK = new Set([
  "AccountNotAllowed",
  "BadConstraints",
  "DependencyNeverSatisfied",
  "InvalidAccount",
  "InvalidQOS",
  "JobHeldAdmin",
  "JobHeldUser",
  "PartitionConfig",
  "PartitionNodeLimit",
  "PartitionTimeLimit",
  "QOSNotAllowed",
  "launch_failed_requeued_held",
]);

/** Whether `squeue`, called as below, can have printed the line. */
export function isSlurmLine(line: string): boolean {
  return line.split("|").length >= 6; // a name may have one more
}

/**
 * Reads what `squeue --array --format='%F|%K|%T|%r|%N|%j'` says of a job.
 *
 * An array that was cancelled before some of its tasks began has one line for all those, without
 * their numbers.
 *
 * @returns `undefined` for a line that is none of an array.
 *
 * @example
 * ```ts
 * import { readSlurmLine } from "./slurm_state.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(readSlurmLine("7|12|TIMEOUT|TimeLimit|node3|basin-ab"), {
 *   name: "basin-ab",
 *   index: 12,
 *   id: "7_12",
 *   phase: "ended",
 *   note: "it came to its time limit; raise `time` under `executor.slurm` (TIMEOUT on node3)",
 * });
 * ```
 */
export function readSlurmLine(line: string): TaskState | undefined {
  const [job, index, state, reason, node, name] = line.trim().split("|");
  if (name === undefined) return undefined;
  const isRest = !/^\d+$/.test(index!);
  if (isRest && (WAITING.has(state!) || RUNNING.has(state!))) return undefined;
  const own = isRest
    ? { name, index: "rest", id: job! } as const
    : { name, index: Number(index), id: `${job}_${index}` };
  if (WAITING.has(state!)) {
    const isStuck = STUCK.has(reason!);
    return { ...own, phase: "waits", note: reason!, ...(isStuck && { isStuck }) };
  }
  if (RUNNING.has(state!)) return { ...own, phase: "runs", note: node! };
  const end = ENDS[state!] ?? "it ended";
  // Of one that never began the reason is what it waited for.
  const why = isRest || ["None", "NonZeroExitCode", "TimeLimit", "OutOfMemory"].includes(reason!)
    ? ""
    : `, ${reason}`;
  return { ...own, phase: "ended", note: `${end} (${state}${why}${node ? ` on ${node}` : ""})` };
}

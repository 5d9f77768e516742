/** The seam to a batch system: submit, poll, cancel. Slurm is one; another one is one file. */
import type { Needs } from "../run/executor.ts";

/** Jobs that are submitted together: one for each task, numbered from 0. */
export interface Submission {
  /** Begins with {@link JOB_PREFIX}. The jobs are found again by it, whoever asks. */
  readonly name: string;
  /** Lines of shell that run the task whose number is in the variable `indexVariable`. */
  readonly script: string;
  readonly count: number;
  readonly needs: Needs;
  /** Absolute path of a folder in which `NUMBER.out` takes what a task prints. */
  readonly output: string;
  /** For people who look at the queue. */
  readonly comment: string;
}

/** How all names of Basin's jobs begin. */
export const JOB_PREFIX = "basin-";

/** What the batch system says of one task. */
export interface TaskState {
  /** Name of its submission. */
  readonly name: string;
  /** `rest`: all tasks of the submission that have no state of their own; those have ended. */
  readonly index: number | "rest";
  /** As the system's own commands name the job. */
  readonly id: string;
  readonly phase: "waits" | "runs" | "ended";
  /** Why it waits, where it runs, or how it ended. */
  readonly note: string;
  /** Whether it waits for what will never come by itself. */
  readonly isStuck?: boolean;
}

/** A batch system, by its own commands. All its methods may be tried again when they reject. */
export interface BatchSystem {
  /** As people call it. */
  readonly title: string;
  /** Most tasks of one submission. */
  readonly largest: number;
  /** Environment variable of the shell that holds the number of the task. */
  readonly indexVariable: string;
  /** @throws {RangeError} If this machine does not have the system's commands. */
  check(): Promise<void>;
  /**
   * Submits jobs.
   *
   * @returns The id that the jobs have in common.
   * @throws {RefusedError} If it will refuse them again; any other error is taken for one of the moment.
   */
  submit(submission: Submission): Promise<string>;
  /** All jobs of this user whose names begin with {@link JOB_PREFIX}, also those that ended of late. */
  poll(): Promise<TaskState[]>;
  /**
   * Cancels jobs.
   *
   * @param names Submissions of which all that is left is to go.
   * @param ids Single tasks, as {@link TaskState.id} has them; one that has ended is no error.
   */
  cancel(names: readonly string[], ids: readonly string[]): Promise<void>;
}

/** The batch system will not have these jobs, whenever it is asked; `message` says why. */
export class RefusedError extends Error {
  override name = "RefusedError";
}

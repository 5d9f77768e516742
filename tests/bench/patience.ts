/** What a benchmark leaves out where a run takes minutes, as on an accelerator's build for the CPU. */
import { type Task, TASKS } from "./subject.ts";

/** Multiply-adds of each task. */
type Work = Readonly<Record<Task, number>>;

/** What the first run of each task took, and what there was no time for. */
export interface FirstRuns {
  /** Tasks to measure. */
  readonly tasks: readonly Task[];
  /** The others, by the milliseconds that they would have taken at the rate of those before. */
  readonly leftOut: ReadonlyMap<Task, number>;
}

/**
 * Runs the tasks once, in their order, each unless it would end beyond the limit at the best rate of
 * those before; the first one always.
 *
 * @param run Runs a task and returns the milliseconds that it took, compilation and all.
 * @param limit Milliseconds.
 */
export async function firstRuns(
  work: Work,
  run: (task: Task) => Promise<number>,
  limit: number,
): Promise<FirstRuns> {
  const tasks: Task[] = [];
  const leftOut = new Map<Task, number>();
  let spent = 0;
  let perMultiplyAdd = 0;
  for (const task of TASKS) {
    const expected = perMultiplyAdd * work[task];
    if (spent + expected > limit) {
      leftOut.set(task, expected);
      continue;
    }
    const taken = await run(task);
    spent += taken;
    const own = taken / work[task];
    perMultiplyAdd = tasks.length === 0 ? own : Math.min(perMultiplyAdd, own);
    tasks.push(task);
  }
  return { tasks, leftOut };
}

/** Whether there is time for one more round, as long as the longest; for the first one there is. */
export function hasTimeForRound(rounds: readonly number[], limit: number): boolean {
  const spent = rounds.reduce((sum, round) => sum + round, 0);
  return rounds.length === 0 || spent + Math.max(...rounds) <= limit;
}

/** Computes cells as jobs of a batch system. */
import { counted } from "../display/format.ts";
import type { Progress } from "../stage.ts";
import { recordDeath } from "../store/attempt.ts";
import type { Layout } from "../store/layout.ts";
import { holderOf, readHolder } from "../store/lock.ts";
import { readRecord } from "../store/record.ts";
import type { Executor, Needs, Outcome } from "../run/executor.ts";
import type { Job } from "../worker/job.ts";
import type { BatchSystem, TaskState } from "./batch_system.ts";
import { backoff, type Pause, pause } from "./pause.ts";
import { type Ownership, ownership } from "./ownership.ts";
import { type Sent, submitter, type ToSend } from "./submitter.ts";
import {
  folderOf,
  outcomesIn,
  printedTail,
  readOutcome,
  readProgress,
  refresh,
  removePointer,
} from "./task_folder.ts";

/** How a batch system is used. */
export interface BatchExecutorOptions {
  readonly system: BatchSystem;
  readonly layout: Layout;
  /** Words of the command that computes a task; its folder and number follow. */
  readonly program: readonly string[];
  /** For people who look at the queue. */
  readonly comment: string;
  /** Whether Ctrl-C leaves the jobs to the batch system. */
  readonly detach: boolean;
  /** Tells the user what is odd. */
  readonly say: (text: string) => void;
  /** Seconds between two questions to the batch system, and between two looks at the files. */
  readonly pollSeconds?: number;
  readonly lookSeconds?: number;
  readonly wait?: Pause;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

/** A cell that is with the batch system. */
interface Watched extends Sent {
  readonly since: number;
  /** Polls in which the system did not know it. */
  missed: number;
}

/** A job that was just submitted may not be listed yet: so many polls, and seconds, count as that. */
const MISSED_POLLS = 2;
const MISSED_SECONDS = 10;

/** Seconds until a cancellation that failed is tried again, and for which a second Ctrl-C waits. */
const CANCEL_SECONDS = 2;
const IMPATIENT_SECONDS = 5;

/** An executor that hands cells to a batch system. */
export function batchExecutor(
  {
    system,
    layout,
    program,
    comment,
    detach,
    say,
    pollSeconds = 3,
    lookSeconds = 0.1,
    wait = pause,
    now = () => performance.now(),
  }: BatchExecutorOptions,
): Executor {
  const queue: ToSend[] = [];
  const watched = new Map<string, Watched>();
  const owned: Ownership = ownership(layout);
  const { send: submit, doubtful } = submitter({ system, layout, program, comment, owned });
  const delay = backoff(2, 60);
  let stopped: "SIGTERM" | "SIGKILL" | undefined;
  /** Names of submissions, and ids of single tasks. */
  const cancelled = new Set<string>();
  let cancelNotBefore = -Infinity;
  let cancelSince: number | undefined;
  let isTending = false;
  /** What is wrong with asking and sending, to be said once. */
  const outages = new Map<"ask" | "send", string>();
  let lastPoll = -Infinity;
  let notBefore = -Infinity;
  /** Questions that are under way: a cluster that is slow to answer must not keep results waiting. */
  const underWay = new Set<"send" | "follow" | "cancel">();
  let broken: Error | undefined;
  const inBackground = (what: "send" | "follow" | "cancel", body: () => Promise<void>) => {
    if (underWay.has(what)) return;
    underWay.add(what);
    body().catch((error) => broken = error).finally(() => underWay.delete(what));
  };
  const toldStuck = new Set<string>();

  /** Asks for all jobs. `undefined` if nobody answers, which is said once. */
  const ask = async (): Promise<Map<string, TaskState> | undefined> => {
    lastPoll = now();
    try {
      const states = await system.poll();
      mended("ask", `${system.title} answers again`);
      return new Map(states.map((state) => [taskId(state), state]));
    } catch (error) {
      if (error instanceof RangeError) throw error; // no such command: it will not come
      trouble(
        "ask",
        error as Error,
        `Cannot ask ${system.title} for its jobs, which go on; asking again`,
      );
      return undefined;
    }
  };
  const trouble = (kind: "ask" | "send", { message }: Error, what: string) => {
    if (outages.get(kind) !== message) say(`${what}: ${message}`);
    outages.set(kind, message);
  };
  const mended = (kind: "ask" | "send", what: string) => {
    if (outages.delete(kind)) say(what);
  };
  const end = (id: string, outcome: Outcome) => {
    const { name, job, resolve } = watched.get(id)!;
    watched.delete(id);
    if (owned.has(name)) {
      removePointer(layout, job.key);
      const isLast = ![...watched.values()].some((other) => other.name === name);
      owned.settle(name, outcome.kind === "published", isLast);
    }
    resolve(outcome);
  };
  const fail = (cause: "stage" | "worker", reason: string): Outcome => (
    { kind: "failed", cause, reason, log: undefined, tail: [] }
  );

  /** Sends what waits. Others may be sending too, so it is done under a lock. */
  const send = async () => {
    if (queue.length === 0 || stopped !== undefined || now() < notBefore) return;
    const lock = owned.lockSubmission();
    if (!lock) return;
    try {
      const states = await ask();
      if (!states) return put(delay.next());
      owned.clear(states);
      const { sent, left, error } = await submit(
        queue.splice(0),
        states,
        () => stopped !== undefined,
      );
      for (const each of sent) watched.set(taskId(each), { ...each, since: now(), missed: 0 });
      queue.push(...left);
      if (error) {
        if (error instanceof RangeError) throw error; // no such command
        trouble("send", error, `${system.title} does not take jobs now; trying again`);
        return put(delay.next());
      }
      mended("send", `${system.title} takes jobs again`);
      delay.reset();
    } finally {
      lock.release();
    }
  };
  const put = (seconds: number) => void (notBefore = now() + 1000 * seconds);

  /** Takes up what nodes have left. */
  const look = () => {
    for (const name of new Set([...watched.values()].map(({ name }) => name))) {
      const folder = folderOf(layout, name);
      for (const index of outcomesIn(folder)) {
        const id = taskId({ name, index });
        const outcome = watched.has(id) ? readOutcome(folder, index) : undefined;
        // Killed or too slow: why, the batch system knows better.
        if (!outcome || (outcome.kind === "failed" && outcome.cause === "worker")) continue;
        end(id, outcome);
      }
    }
  };

  /** Takes up what the batch system says. */
  const follow = async () => {
    const interval = cancelled.size > 0 ? 1 : pollSeconds;
    if (watched.size === 0 || now() - lastPoll < 1000 * interval) return;
    const states = await ask();
    if (!states) return;
    look(); // what ended just now has left its outcome by now
    for (const [id, each] of [...watched]) {
      const state = states.get(id) ?? states.get(taskId({ name: each.name, index: "rest" }));
      if (state) each.missed = 0;
      if (state?.phase === "waits") {
        const note = `waits as ${system.title} job ${state.id} (${state.note})`;
        each.onProgress({ done: 0, total: 1, note });
        if (state.isStuck) tellStuck(each.needs.name, state);
      } else if (state?.phase === "runs") {
        const progress: Progress = readProgress(folderOf(layout, each.name), each.index) ??
          { done: 0, total: 1 };
        const place = `${system.title} job ${state.id} on ${state.note}`;
        const note = progress.note === undefined ? place : `${progress.note}, ${place}`;
        each.onProgress({ ...progress, note });
      } else if (state || isGone(each)) conclude(id, each, state);
    }
  };
  const isGone = (each: Watched) => {
    const isCancelled = cancelled.has(each.name) ||
      (each.id !== undefined && cancelled.has(each.id));
    const isOld = isCancelled || now() - each.since > 1000 * MISSED_SECONDS;
    return ++each.missed >= MISSED_POLLS && isOld;
  };
  const tellStuck = (stage: string, { id, note }: TaskState) => {
    const mark = `${stage} ${note}`;
    if (!toldStuck.has(mark)) {
      say(
        `${system.title} holds jobs of \`${stage}\`, ${id} for one: ${note}; they may wait for ever. ` +
          "Look at what the stage needs in `resources` and at `executor` in the study",
      );
    }
    toldStuck.add(mark);
  };
  const conclude = (id: string, { name, index, job }: Watched, state: TaskState | undefined) => {
    const folder = folderOf(layout, name);
    refresh(folder);
    const outcome = readOutcome(folder, index);
    if (outcome && (outcome.kind !== "failed" || outcome.cause === "stage")) {
      return end(id, outcome);
    }
    // Another driver took it up first and removed the files, or the disk had no room for the outcome.
    const record = readRecord(layout, job.key);
    if (record && record !== "damaged") {
      return end(id, { kind: "published", record, nondeterministic: [] });
    }
    const why = state === undefined
      ? `${system.title} does not know its job any more; somebody may have cancelled it`
      : `${system.title} job ${state.id}: ${state.note}`;
    const lock = layout.lock(job.key);
    // Another job may have begun the same cell meanwhile; what it does is not over.
    const dead = holderOf(lock) === undefined ? readHolder(lock) : undefined;
    const own = outcome?.kind === "failed" ? outcome : undefined;
    const reason = own === undefined ? why : `${why}; ${own.reason}`;
    // The mark may be that of an earlier job, if this one never came so far.
    const isOwn = state === undefined || dead?.job === `${system.title} ${state.id}`;
    if (dead && isOwn) noteDeath(layout, dead.attempt, { cell: job.cell, key: job.key, reason });
    const printed = own === undefined || own.tail.length === 0 ? printedTail(folder, index) : [];
    const tail = printed.length > 0 ? printed : own?.tail ?? [];
    const log = own?.log ?? (printed.length > 0 ? folder.printed(index) : undefined);
    end(id, { kind: "failed", cause: "worker", reason, log, tail });
  };

  const giveUp = (reason: string) => {
    for (const id of [...watched.keys()]) end(id, fail("worker", reason));
    for (const { resolve } of queue.splice(0)) resolve(fail("worker", reason));
  };
  /** What a stop is to cancel, and has not yet: whole submissions, and single tasks of older ones. */
  const doomed = () => {
    const own = [...watched.values()].filter(({ name }) => owned.has(name));
    const names = own.filter(({ id }) => id === undefined).map(({ name }) => name);
    const ids = own.map(({ id }) => id).filter((id) => id !== undefined);
    const isLeft = (each: string) => !cancelled.has(each);
    return {
      names: [...new Set([...names, ...doubtful])].filter(isLeft),
      ids: ids.filter(isLeft),
    };
  };
  const cancel = async (names: readonly string[], ids: readonly string[]) => {
    cancelSince ??= now();
    try {
      await system.cancel(names, ids);
      for (const each of [...names, ...ids]) cancelled.add(each);
      cancelSince = undefined;
    } catch (error) {
      cancelNotBefore = now() + 1000 * CANCEL_SECONDS;
      const jobs = [...names, ...ids].join(", ");
      trouble("send", error as Error, `Cannot cancel the jobs ${jobs}; trying again`);
    }
  };
  const obeyStop = () => {
    if (stopped === undefined) return;
    if (detach) return leave();
    const reason = "The run was stopped";
    for (const [id, { name }] of [...watched]) {
      if (!owned.has(name)) end(id, fail("worker", reason));
    }
    const { names, ids } = doomed();
    const left = [...names, ...ids];
    const isKilled = stopped === "SIGKILL";
    if (left.length === 0) {
      // The cells that wait keep the process alive until then.
      for (const { resolve } of queue.splice(0)) resolve(fail("worker", reason));
      return isKilled ? giveUp(reason) : undefined;
    }
    if (isKilled && cancelSince !== undefined && now() - cancelSince > 1000 * IMPATIENT_SECONDS) {
      say(`left to ${system.title}, which does not answer: ${left.join(", ")}; cancel them later`);
      return giveUp(reason);
    }
    if (now() >= cancelNotBefore) inBackground("cancel", () => cancel(names, ids));
  };
  const leave = () => {
    const count = watched.size;
    if (count > 0) {
      say(`left ${counted(count, "job")} to ${system.title}; run again to take up their results`);
    }
    for (const [id, each] of [...watched]) {
      watched.delete(id);
      each.resolve(fail("worker", "Left to the batch system"));
    }
    owned.giveBack();
    giveUp("The run was stopped");
  };

  /** Tends all cells until none is left. */
  const tend = async () => {
    isTending = true;
    try {
      while (queue.length + watched.size > 0 || underWay.has("send")) {
        await wait(lookSeconds); // also gathers cells that come together into one submission
        if (broken) throw broken;
        obeyStop();
        inBackground("send", send);
        look();
        inBackground("follow", follow);
      }
      owned.giveBack();
    } catch (error) {
      for (const { resolve } of queue.splice(0)) resolve(fail("stage", (error as Error).message));
      giveUp((error as Error).message);
    } finally {
      isTending = false;
    }
  };
  return {
    execute(needs: Needs, job: Job, onProgress): Promise<Outcome> {
      return new Promise((resolve) => {
        queue.push({ needs, job, onProgress, resolve });
        if (!isTending) tend();
      });
    },
    stop(signal) {
      stopped = signal;
    },
  };
}

function taskId({ name, index }: Pick<TaskState, "name" | "index">): string {
  return `${name}/${index}`;
}

/** On a full disk the attempt is left to the next run, which ends all of dead workers. */
function noteDeath(...given: Parameters<typeof recordDeath>): void {
  try {
    recordDeath(...given);
  } catch {
    return;
  }
}

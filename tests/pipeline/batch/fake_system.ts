/** A batch system that does what a test says, in time that the test drives. */
import { mkdirSync } from "node:fs";
import type {
  BatchSystem,
  Submission,
  TaskState,
} from "../../../lib/pipeline/batch/batch_system.ts";
import { batchExecutor } from "../../../lib/pipeline/batch/executor.ts";
import { folderOf, readTask, writeOutcome } from "../../../lib/pipeline/batch/task_folder.ts";
import type { Needs, Outcome } from "../../../lib/pipeline/run/executor.ts";
import type { Job } from "../../../lib/pipeline/worker/job.ts";
import { type Layout, layoutOf, prepareLayout } from "../../../lib/pipeline/store/layout.ts";

/** What a stage needs when a test does not care. */
export const NEEDS: Needs = {
  ...{ name: "train", engine: false, cpus: 1, memory: 0, gpus: 0 },
  ...{ timeout: 60, stall: 60 },
};

/** A job of that key. */
export function jobOf(artifacts: string, key: string): Job {
  return { artifacts, cell: `train[${key}]`, key } as unknown as Job;
}

/** A result under a key. */
export function published(key: string): Outcome {
  const record = { key, status: "ok", outputs: {}, seconds: 1, attempt: "a/b" };
  return { kind: "published", record, nondeterministic: [] } as unknown as Outcome;
}

/** A fake, and what it was asked. */
export class FakeSystem implements BatchSystem {
  readonly title = "Fake";
  readonly largest = 10;
  readonly indexVariable = "INDEX";
  readonly submissions: Submission[] = [];
  readonly cancelled: string[] = [];
  readonly states = new Map<string, TaskState>();
  /** Errors of the next submissions, polls and cancellations, in order. */
  readonly submitErrors: Error[] = [];
  readonly pollErrors: Error[] = [];
  readonly cancelErrors: Error[] = [];

  constructor(readonly layout: Layout) {}

  check(): Promise<void> {
    return Promise.resolve();
  }

  submit(submission: Submission): Promise<string> {
    const error = this.submitErrors.shift();
    if (error) return Promise.reject(error);
    this.submissions.push(submission);
    for (let index = 0; index < submission.count; index++) {
      this.set(submission.name, index, "waits", "Priority");
    }
    return Promise.resolve(String(this.submissions.length));
  }

  poll(): Promise<TaskState[]> {
    const error = this.pollErrors.shift();
    return error ? Promise.reject(error) : Promise.resolve([...this.states.values()]);
  }

  cancel(names: readonly string[], ids: readonly string[]): Promise<void> {
    const error = this.cancelErrors.shift();
    if (error) return Promise.reject(error);
    this.cancelled.push(...names, ...ids);
    for (const state of this.states.values()) {
      const isMeant = names.includes(state.name) || ids.includes(state.id);
      if (isMeant && state.phase !== "ended") {
        this.set(state.name, state.index, "ended", "somebody cancelled it");
      }
    }
    return Promise.resolve();
  }

  set(
    name: string,
    index: TaskState["index"],
    phase: TaskState["phase"],
    note: string,
    isStuck = false,
  ): void {
    const id = `${1 + this.submissions.findIndex((each) => each.name === name)}_${index}`;
    this.states.set(`${name}/${index}`, {
      ...{ name, index, id, phase, note },
      ...(isStuck && { isStuck }),
    });
  }

  /** Keys of the tasks of the latest submission, as a node reads them. */
  keys(): string[] {
    const { name, count } = this.submissions.at(-1)!;
    const folder = folderOf(this.layout, name);
    return Array.from({ length: count }, (_, index) => readTask(folder, index).job.key);
  }

  /** Does what a node does at the end of a task. */
  leave(name: string, index: number, outcome: Outcome): void {
    writeOutcome(this.layout, folderOf(this.layout, name), index, outcome);
  }
}

/** An executor on a fake, below a folder. */
export function fakeCluster(folder: string, { detach = false } = {}) {
  const layout = layoutOf(`${folder}/artifacts`);
  mkdirSync(layout.root, { recursive: true });
  prepareLayout(layout);
  const system = new FakeSystem(layout);
  const said: string[] = [];
  let clock = 0;
  /** What the test does between two looks, with the seconds that have passed. */
  const script: ((seconds: number) => void)[] = [];
  const executor = batchExecutor({
    ...{ system, layout, detach },
    program: ["deno", "run", "task.ts"],
    comment: "basin test",
    say: (text) => said.push(text),
    now: () => 1000 * clock,
    async wait(seconds) {
      clock += seconds;
      for (const step of script) step(clock);
      await new Promise((resolve) => setTimeout(resolve, 0)); // lets what is under way go on
    },
  });
  return {
    ...{ layout, system, said, executor },
    /** Runs `step` at every look. */
    always: (step: (seconds: number) => void) => void script.push(step),
    /** Runs `step` once, when `when` holds. */
    once(when: (seconds: number) => boolean, step: () => void) {
      let isDone = false;
      script.push((seconds) => {
        if (isDone || !when(seconds)) return;
        isDone = true;
        step();
      });
    },
    seconds: () => clock,
    execute: (key: string, needs: Partial<Needs> = {}, onProgress = (_: unknown) => {}) =>
      executor.execute({ ...NEEDS, ...needs }, jobOf(layout.root, key), onProgress),
  };
}

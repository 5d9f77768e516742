/**
 * What lies on the shared file system of a submission: its tasks, what came of them, who tends it.
 *
 * The driver writes before it submits, and a node answers with files that appear whole: so either
 * side can die at any moment.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../stage.ts";
import { removeQuietly, replaceFile } from "../store/atomic.ts";
import { appendToLog } from "../store/disk_full.ts";
import type { Layout } from "../store/layout.ts";
import type { Needs, Outcome } from "../run/executor.ts";
import type { Job } from "../worker/job.ts";

/** One cell, as a node is told of it. */
export interface Task {
  readonly needs: Needs;
  readonly job: Job;
}

/** Where the task of a key was sent. */
export interface Pointer {
  /** Name of the submission. */
  readonly name: string;
  readonly index: number;
}

/** Files of one submission. Paths are absolute. */
export interface TaskFolder {
  readonly path: string;
  /** Held by the driver that tends it. */
  readonly lock: string;
  task(index: number): string;
  /** What the batch system wrote down of what a task printed. */
  printed(index: number): string;
  progress(index: number): string;
  readonly outcomes: string;
  outcome(index: number): string;
}

/** The folder of a submission; touches nothing. */
export function taskFolder(path: string): TaskFolder {
  return {
    path,
    lock: join(path, "driver.lock"),
    task: (index) => join(path, `${index}.json`),
    printed: (index) => join(path, `${index}.out`),
    progress: (index) => join(path, `${index}.progress`),
    outcomes: join(path, "outcomes"),
    outcome: (index) => join(path, "outcomes", `${index}.json`),
  };
}

/** The folder of the submission of that name. */
export function folderOf(layout: Layout, name: string): TaskFolder {
  return taskFolder(join(layout.batch, "submissions", name));
}

/** Held while a driver submits: two must not send the same cell. */
export function submissionLock(layout: Layout): string {
  return join(layout.batch, "submit.lock");
}

/** Writes the tasks of a submission. */
export function writeTasks(layout: Layout, name: string, tasks: readonly Task[]): TaskFolder {
  const folder = folderOf(layout, name);
  mkdirSync(folder.outcomes, { recursive: true });
  for (const [index, task] of tasks.entries()) {
    writeFileSync(folder.task(index), JSON.stringify(task));
  }
  return folder;
}

/** Reads a task. @throws {Error} If it is not there. */
export function readTask(folder: TaskFolder, index: number): Task {
  return JSON.parse(readFileSync(folder.task(index), "utf8"));
}

/** Writes down the id that a submission's jobs have in common, for people. */
export function writeId(folder: TaskFolder, id: string): void {
  appendToLog(join(folder.path, "id"), `${id}\n`);
}

/** Says where the cells of keys were sent. */
export function writePointer(layout: Layout, key: string, pointer: Pointer): void {
  mkdirSync(pointers(layout), { recursive: true });
  writeFileSync(pointerOf(layout, key), JSON.stringify(pointer));
}

/** Where the cell of a key was sent, if it was. */
export function readPointer(layout: Layout, key: string): Pointer | undefined {
  const pointer = readJson(pointerOf(layout, key)) as Pointer | undefined;
  return typeof pointer?.name === "string" && Number.isInteger(pointer.index) ? pointer : undefined;
}

/** Keys of all cells that were sent and not taken up yet, with where. */
export function pointersIn(layout: Layout): { readonly key: string; readonly pointer: Pointer }[] {
  return namesIn(pointers(layout)).flatMap((name) => {
    const key = name.replace(/\.json$/, "");
    const pointer = readPointer(layout, key);
    return pointer ? [{ key, pointer }] : [];
  });
}

/** Forgets where the cell of a key was sent. */
export function removePointer(layout: Layout, key: string): void {
  removeQuietly(layout, pointerOf(layout, key)); // one that stays names a job that has ended
}

/** Leaves what came of a task. */
export function writeOutcome(
  layout: Layout,
  folder: TaskFolder,
  index: number,
  outcome: Outcome,
): void {
  replaceFile(layout, folder.outcome(index), JSON.stringify(outcome));
}

/** What came of a task, if it has left that. */
export function readOutcome(folder: TaskFolder, index: number): Outcome | undefined {
  const outcome = readJson(folder.outcome(index)) as Outcome | undefined;
  return typeof outcome?.kind === "string" ? outcome : undefined;
}

/** Numbers of the tasks that have left an outcome. */
export function outcomesIn(folder: TaskFolder): number[] {
  return namesIn(folder.outcomes).map((name) => /^(\d+)\.json$/.exec(name)?.[1])
    .filter((index) => index !== undefined).map(Number);
}

/**
 * Has the file system look at the folder of outcomes anew.
 *
 * NFS remembers for up to a minute that a file was not there; not of a folder that this machine has
 * changed itself.
 */
export function refresh(folder: TaskFolder): void {
  const mark = join(folder.outcomes, `.${crypto.randomUUID()}`);
  try {
    writeFileSync(mark, "");
    rmSync(mark);
  } catch {
    return; // no room, or the folder is gone: then there is nothing to see
  }
}

/** Says how far a task is. A computation is worth more than that: a full disk is no failure. */
export function noteProgress(folder: TaskFolder, index: number, progress: Progress): void {
  try {
    writeFileSync(folder.progress(index), JSON.stringify(progress));
  } catch {
    return;
  }
}

/** The latest progress of a task. */
export function readProgress(folder: TaskFolder, index: number): Progress | undefined {
  const progress = readJson(folder.progress(index)) as Progress | undefined;
  return typeof progress?.total === "number" ? progress : undefined;
}

/** The last lines of what the batch system wrote down of a task. */
export function printedTail(folder: TaskFolder, index: number, lines = 15): string[] {
  try {
    const text = readFileSync(folder.printed(index), "utf8").slice(-20_000);
    return text.trimEnd().split("\n").slice(-lines).filter((line) => line !== "");
  } catch {
    return [];
  }
}

/** Whether every task of a submission has left an outcome. */
export function isFinished(folder: TaskFolder): boolean {
  const tasks = namesIn(folder.path).filter((name) => /^\d+\.json$/.test(name));
  return outcomesIn(folder).length >= tasks.length;
}

/** Removes a submission's files; what a node still writes to stays until it is old. */
export function removeFolder(folder: TaskFolder): void {
  try {
    rmSync(folder.path, { recursive: true, force: true });
  } catch {
    return;
  }
}

/** Names of all submissions that have files, with how old each is in milliseconds. */
export function submissionsIn(layout: Layout, now: number): { name: string; age: number }[] {
  const root = join(layout.batch, "submissions");
  return namesIn(root).map((name) => {
    const info = statSync(join(root, name), { throwIfNoEntry: false });
    return { name, age: info ? now - info.mtimeMs : 0 };
  });
}

function pointers(layout: Layout): string {
  return join(layout.batch, "keys");
}

function pointerOf(layout: Layout, key: string): string {
  return join(pointers(layout), `${key}.json`);
}

/** None where the file system does not answer: it is asked again in a moment. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined; // not there, or half written: then it is not there yet
  }
}

/** Sends cells to a batch system: those of one kind together, none that is there already. */
import type { Progress } from "../stage.ts";
import { canonicalJson } from "../key/canonical.ts";
import type { Layout } from "../store/layout.ts";
import type { Needs, Outcome } from "../run/executor.ts";
import type { Job } from "../worker/job.ts";
import { type BatchSystem, JOB_PREFIX, RefusedError, type TaskState } from "./batch_system.ts";
import type { Ownership } from "./ownership.ts";
import {
  readPointer,
  removeFolder,
  removePointer,
  writeId,
  writePointer,
  writeTasks,
} from "./task_folder.ts";

/** A cell that is to be computed, and who waits for it. */
export interface ToSend {
  readonly needs: Needs;
  readonly job: Job;
  readonly onProgress: (progress: Progress) => void;
  readonly resolve: (outcome: Outcome) => void;
}

/** A cell that is with the batch system. */
export interface Sent extends ToSend {
  /** Name of its submission. */
  readonly name: string;
  readonly index: number;
}

/** What came of sending. */
export interface Sending {
  readonly sent: readonly Sent[];
  /** Cells that are to be sent again later. */
  readonly left: readonly ToSend[];
  /** Why. */
  readonly error?: Error;
}

/** What a submitter works with. */
export interface SubmitterOptions {
  readonly system: BatchSystem;
  readonly layout: Layout;
  readonly program: readonly string[];
  readonly comment: string;
  readonly owned: Ownership;
}

/**
 * A function that sends cells.
 *
 * A cell whose job is with the system already, of a driver that died or of another one that lives, is
 * not sent again. To be called under the lock of submissions.
 */
export function submitter(
  { system, layout, program, comment, owned }: SubmitterOptions,
): (cells: readonly ToSend[], states: ReadonlyMap<string, TaskState>) => Promise<Sending> {
  /** Where the system has the cell, if it has. */
  const found = (each: ToSend, states: ReadonlyMap<string, TaskState>): Sent | undefined => {
    const pointer = readPointer(layout, each.job.key);
    const state = pointer && states.get(`${pointer.name}/${pointer.index}`);
    if (!state || state.phase === "ended") return undefined;
    owned.take(pointer.name);
    return { ...each, ...pointer };
  };
  const sendTogether = async (chunk: readonly ToSend[]): Promise<Sent[]> => {
    const name = JOB_PREFIX + crypto.randomUUID().replaceAll("-", "").slice(0, 16);
    const folder = writeTasks(layout, name, chunk);
    owned.take(name);
    const sent = chunk.map((each, index): Sent => ({ ...each, name, index }));
    for (const { job, index } of sent) writePointer(layout, job.key, { name, index });
    const words = [...program, folder.path].map(quoted).join(" ");
    try {
      const id = await system.submit({
        name,
        script: `exec ${words} "$${system.indexVariable}"`,
        count: chunk.length,
        needs: chunk[0]!.needs,
        output: folder.path,
        comment,
      });
      writeId(folder, id);
      return sent;
    } catch (error) {
      // After any other error the jobs may be there all the same: the next poll tells.
      if (!(error instanceof RefusedError)) throw error;
      for (const { job, resolve } of sent) {
        removePointer(layout, job.key);
        const reason = `${system.title} refuses its job: ${error.message}; look at \`executor\` ` +
          "and at the stage's `resources` in the study";
        resolve({ kind: "failed", cause: "stage", reason, log: undefined, tail: [] });
      }
      owned.settle(name, true, true);
      removeFolder(folder);
      return [];
    }
  };
  return async (cells, states) => {
    const sent: Sent[] = [];
    const groups = new Map<string, ToSend[]>();
    for (const each of cells) {
      const there = found(each, states);
      if (there) {
        sent.push(there);
        continue;
      }
      const kind = canonicalJson({ ...each.needs });
      const group = groups.get(kind);
      if (group) group.push(each);
      else groups.set(kind, [each]);
    }
    const chunks = [...groups.values()].flatMap((group) => chunked(group, system.largest));
    for (const [i, chunk] of chunks.entries()) {
      try {
        sent.push(...await sendTogether(chunk));
      } catch (error) {
        return { sent, left: chunks.slice(i).flat(), error: error as Error };
      }
    }
    return { sent, left: [] };
  };
}

function chunked<T>(list: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(list.length / size) },
    (_, i) => list.slice(i * size, (i + 1) * size),
  );
}

/** A word of the shell that stands for itself. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

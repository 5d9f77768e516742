/** Sends cells to a batch system: those of one kind together, none that is there already. */
import type { Progress } from "../stage.ts";
import { canonicalJson } from "../key/canonical.ts";
import { withRoomLeft } from "../store/disk_full.ts";
import type { Layout } from "../store/layout.ts";
import type { Needs, Outcome } from "../run/executor.ts";
import type { Job } from "../worker/job.ts";
import { type BatchSystem, JOB_PREFIX, RefusedError, type TaskState } from "./batch_system.ts";
import type { Ownership } from "./ownership.ts";
import {
  folderOf,
  readPointer,
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
  /** As the system names its job, if that was there already: its submission may have more tasks. */
  readonly id?: string;
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

/** Sends cells. */
export interface Submitter {
  /**
   * Sends what is not there already.
   *
   * A cell whose job is with the system, of a driver that died or of another one that lives, is not
   * sent again. To be called under the lock of submissions.
   *
   * @param states What the system said a moment ago.
   * @param isStopped Whether nothing more is to be sent.
   */
  send(
    cells: readonly ToSend[],
    states: ReadonlyMap<string, TaskState>,
    isStopped: () => boolean,
  ): Promise<Sending>;
  /** Submissions to which the system gave no clear answer: it may have taken them all the same. */
  readonly doubtful: ReadonlySet<string>;
}

/** A submitter to a batch system. */
export function submitter(
  { system, layout, program, comment, owned }: SubmitterOptions,
): Submitter {
  const doubtful = new Set<string>();
  /** Most tasks of a submission: a user may have room for fewer than the system takes at most. */
  let size = system.largest;
  /** Where the system has the cell, if it has. */
  const found = (each: ToSend, states: ReadonlyMap<string, TaskState>): Sent | undefined => {
    const pointer = readPointer(layout, each.job.key);
    const state = pointer && states.get(`${pointer.name}/${pointer.index}`);
    if (!state || state.phase === "ended") return undefined;
    owned.take(pointer.name);
    return { ...each, ...pointer, id: state.id };
  };
  /** Clears the doubts: what the system does not know now it has not taken. */
  const settleDoubts = (states: ReadonlyMap<string, TaskState>) => {
    if (doubtful.size === 0) return;
    const known = new Set([...states.values()].map(({ name }) => name));
    for (const name of doubtful) if (!known.has(name)) owned.drop(name);
    doubtful.clear();
  };
  const failAll = (chunk: readonly ToSend[], reason: string) => {
    for (const { job, resolve } of chunk) {
      removePointer(layout, job.key);
      resolve({ kind: "failed", cause: "stage", reason, log: undefined, tail: [] });
    }
  };
  const sendTogether = async (chunk: readonly ToSend[]): Promise<Sent[]> => {
    const name = JOB_PREFIX + crypto.randomUUID().replaceAll("-", "").slice(0, 16);
    const sent = chunk.map((each, index): Sent => ({ ...each, name, index }));
    const folder = folderOf(layout, name);
    try {
      writeTasks(layout, name, chunk);
      owned.take(name);
      for (const { job, index } of sent) writePointer(layout, job.key, { name, index });
    } catch (error) {
      owned.drop(name);
      const text = `Cannot write what its job is to read: ${(error as Error).message}`;
      failAll(chunk, withRoomLeft(text, layout.root));
      return [];
    }
    const words = [...program, folder.path].map(quoted).join(" ");
    let id: string;
    try {
      id = await system.submit({
        name,
        script: `exec ${words} "$${system.indexVariable}"`,
        count: chunk.length,
        needs: chunk[0]!.needs,
        output: folder.path,
        comment,
      });
    } catch (error) {
      // After any other error the jobs may be there all the same: the next poll tells.
      if (!(error instanceof RefusedError)) {
        doubtful.add(name);
        throw error;
      }
      owned.drop(name);
      failAll(
        chunk,
        `${system.title} refuses its job: ${error.message}; look at \`executor\` ` +
          "and at the stage's `resources` in the study",
      );
      return [];
    }
    writeId(folder, id);
    return sent;
  };
  const send: Submitter["send"] = async (cells, states, isStopped) => {
    settleDoubts(states);
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
    const chunks = [...groups.values()].flatMap((group) => chunked(group, size));
    for (const [i, chunk] of chunks.entries()) {
      if (isStopped()) return { sent, left: chunks.slice(i).flat() };
      try {
        sent.push(...await sendTogether(chunk));
        size = Math.min(system.largest, 2 * size);
      } catch (error) {
        size = Math.ceil(Math.min(size, chunk.length) / 2);
        return { sent, left: chunks.slice(i).flat(), error: error as Error };
      }
    }
    return { sent, left: [] };
  };
  return { send, doubtful };
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

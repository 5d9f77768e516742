/** `logs CELL`: what a cell printed at its latest attempt. */
import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { paletteOf, type Terminal } from "../display/terminal.ts";
import { selectCells, withUpstream } from "../plan/select.ts";
import { lastResult } from "../run/inspect.ts";
import { planCells } from "../run/plan.ts";
import { type Attempt, attemptAt, attemptsOf, readManifest } from "../store/attempt.ts";
import { lockFreed, readHolder } from "../store/lock.ts";
import { clusterJobs } from "./cluster_jobs.ts";
import { EXIT, type StudyContext, UsageError } from "./verb.ts";

/** Files of an attempt that hold what it printed. */
const LOGS = ["stdout.log", "stderr.log"];

/**
 * Shows the logs of one cell, and with `follow` what comes after until its attempt ends.
 *
 * @returns The exit status.
 * @throws {UsageError} If the selector means several cells, or the cell was never attempted.
 */
export async function logsVerb(
  selector: readonly string[],
  { follow }: { follow: boolean },
  context: StudyContext,
): Promise<number> {
  const { workspace } = context;
  const { graph, layout } = workspace;
  const [cell, ...others] = selectCells(graph, selector);
  if (others.length > 0) {
    throw new UsageError(
      `Cannot show the logs of ${others.length + 1} cells at once; name one, as in \`${cell!.id}\``,
    );
  }
  const planned = planCells(workspace, withUpstream(graph, [cell!])).at(-1)!;
  const key = planned.state === "waits" ? undefined : planned.key;
  const last = lastResult(workspace, cell!);
  const attempt = (key === undefined ? undefined : attemptsOf(layout, key).at(-1)) ??
    (last && attemptAt(layout, last.attempt));
  if (!attempt) {
    const sent = key === undefined
      ? undefined
      : (await clusterJobs(workspace, [key])).jobs.get(key);
    if (sent) {
      const how = sent.phase === "waits"
        ? `waits as ${sent.title} job`
        : `begins as ${sent.title} job`;
      throw new UsageError(
        `Cannot show the logs of ${
          cell!.id
        } yet: it ${how} ${sent.id} (${sent.note}); ask again later`,
      );
    }
    throw new UsageError(`Cannot show the logs of ${cell!.id}: it never ran; run it first`);
  }
  const paint = paletteOf(context.terminal);
  const job = readManifest(attempt)?.job ??
    (key === undefined ? undefined : readHolder(layout.lock(key))?.job);
  context.terminal.warn(`${paint.dim([job, attempt.folder].filter(Boolean).join("  "))}\n`);
  if (follow) {
    // Also a worker that was killed lets go of its lock; it writes no manifest any more.
    const ended = key === undefined ? Promise.resolve() : lockFreed(layout.lock(key));
    await followLogs(attempt, ended, context);
  } else printNew(attempt, new Map(), context.terminal);
  return EXIT.ok;
}

async function followLogs(
  attempt: Attempt,
  ended: Promise<void>,
  { terminal, interrupt }: StudyContext,
): Promise<void> {
  const readers: Readers = new Map();
  // Watch first, then look: nothing can slip in between.
  // The folder above as well: a worker that was killed may be followed by another attempt.
  const all = dirname(attempt.folder);
  const watcher = Deno.watchFs(all);
  const isOver = () =>
    readManifest(attempt) || readdirSync(all).sort().at(-1)! > basename(attempt.id);
  let isClosed = false;
  const close = () => {
    if (!isClosed) watcher.close();
    isClosed = true;
  };
  interrupt.signal.addEventListener("abort", close, { once: true });
  try {
    printNew(attempt, readers, terminal);
    if (isOver()) return;
    ended.then(close);
    for await (const _ of watcher) {
      printNew(attempt, readers, terminal);
      if (isOver()) return;
    }
    printNew(attempt, readers, terminal);
  } finally {
    interrupt.signal.removeEventListener("abort", close);
    close();
  }
}

/** File → how far it has been read; a character may lie across two chunks. */
type Readers = Map<string, { offset: number; readonly decoder: TextDecoder }>;

function printNew(attempt: Attempt, readers: Readers, terminal: Terminal): void {
  for (const name of LOGS) {
    const path = join(attempt.folder, name);
    if (!existsSync(path)) continue;
    const reader = readers.get(name) ?? { offset: 0, decoder: new TextDecoder() };
    readers.set(name, reader);
    const file = openSync(path, "r");
    try {
      const chunk = new Uint8Array(1 << 16);
      while (true) {
        const count = readSync(file, chunk, 0, chunk.length, reader.offset);
        if (count === 0) break;
        reader.offset += count;
        terminal.write(reader.decoder.decode(chunk.subarray(0, count), { stream: true }));
      }
    } finally {
      closeSync(file);
    }
  }
}

/** `logs CELL`: what a cell printed at its latest attempt. */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { paletteOf, type Terminal } from "../display/terminal.ts";
import { selectCells, withUpstream } from "../plan/select.ts";
import { lastResult } from "../run/inspect.ts";
import { planCells } from "../run/plan.ts";
import { openWorkspace } from "../run/workspace.ts";
import { type Attempt, attemptAt, attemptsOf, readManifest } from "../store/attempt.ts";
import { EXIT, UsageError, type VerbContext } from "./verb.ts";

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
  context: VerbContext,
): Promise<number> {
  const workspace = await openWorkspace(context);
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
  if (!attempt) throw new UsageError(`Cannot show the logs of ${cell!.id}: it never ran`);
  const paint = paletteOf(context.terminal);
  context.terminal.warn(`${paint.dim(attempt.folder)}\n`);
  if (follow) await followLogs(attempt, context);
  else printNew(attempt, new Map(), context.terminal);
  return EXIT.ok;
}

async function followLogs(attempt: Attempt, { terminal, interrupt }: VerbContext): Promise<void> {
  const offsets = new Map<string, number>();
  // Watch first, then look: nothing can slip in between.
  const watcher = Deno.watchFs(attempt.folder);
  const close = () => watcher.close();
  interrupt.signal.addEventListener("abort", close, { once: true });
  try {
    printNew(attempt, offsets, terminal);
    if (readManifest(attempt)) return;
    for await (const _ of watcher) {
      printNew(attempt, offsets, terminal);
      if (readManifest(attempt)) return;
    }
  } finally {
    interrupt.signal.removeEventListener("abort", close);
    if (!interrupt.signal.aborted) watcher.close();
  }
}

function printNew(attempt: Attempt, offsets: Map<string, number>, terminal: Terminal): void {
  for (const name of LOGS) {
    const path = join(attempt.folder, name);
    if (!existsSync(path)) continue;
    const file = openSync(path, "r");
    try {
      const chunk = new Uint8Array(1 << 16);
      while (true) {
        const offset = offsets.get(name) ?? 0;
        const count = readSync(file, chunk, 0, chunk.length, offset);
        if (count === 0) break;
        offsets.set(name, offset + count);
        terminal.write(new TextDecoder().decode(chunk.subarray(0, count)));
      }
    } finally {
      closeSync(file);
    }
  }
}

/** Shows a run while it goes on: a live block on a terminal, plain lines elsewhere. */
import type { Listener } from "../events.ts";
import { eventLine } from "./event_line.ts";
import { formatSeconds } from "./format.ts";
import type { followRun, RunningCell, Tally } from "./tally.ts";
import { printableLine } from "./printable.ts";
import { paletteOf, type Terminal } from "./terminal.ts";

/** What a display works with. */
export interface RunDisplayOptions {
  readonly tally: ReturnType<typeof followRun>;
  readonly terminal: Terminal;
  /** Seconds since the run began. */
  readonly clock: () => number;
  /** Writes lines to stderr, for stdout is to hold JSON alone. */
  readonly quietStdout?: boolean;
}

/** Rows of running cells that a live block shows. */
const LIVE_ROWS = 12;

/** A display; `close` removes the live block. */
export function runDisplay(
  { tally, terminal, clock, quietStdout = false }: RunDisplayOptions,
): { listener: Listener; close(): void } {
  const paint = paletteOf(terminal);
  const live = quietStdout ? undefined : terminal.live;
  const refresh = () => {
    // A run that only finds hits is over before anybody could read a block.
    const isActive = tally.running.length + tally.busy.length > 0;
    if (isActive) live?.show(liveBlock(tally, clock(), terminal));
  };
  // Elapsed time and ETA move between events too.
  const timer = live && setInterval(refresh, 500);
  return {
    listener(event) {
      tally.on(event, clock());
      const line = eventLine(event, paint);
      if (line !== undefined) {
        live?.clear();
        const time = paint.dim(new Date().toTimeString().slice(0, 8));
        const text = live ? `${line}\n` : `${time} ${line}\n`;
        if (quietStdout || event.type === "failed") terminal.warn(text);
        else terminal.write(text);
      }
      refresh();
    },
    close() {
      clearInterval(timer);
      live?.clear();
    },
  };
}

/** The live block: how far the run is, how long it will take, and what runs now. */
export function liveBlock(tally: Tally, now: number, terminal: Terminal): string {
  const paint = paletteOf(terminal);
  const done = tally.hits + tally.finished;
  const remaining = tally.remaining(now);
  const eta = remaining === undefined ? "" : `, about ${formatSeconds(remaining)} left`;
  const trouble = [
    tally.failed > 0 ? `, ${tally.failed} failed` : "",
    tally.blocked > 0 ? `, ${tally.blocked} blocked` : "",
    tally.busy.length > 0 ? `, ${tally.busy.length} computed by another run` : "",
  ].join("");
  const head = `${done}/${tally.total} cells${trouble}, ${formatSeconds(now)}${eta}`;
  const rows = tally.running.slice(0, LIVE_ROWS).map((running) => runningRow(running, now));
  const more = tally.running.length - rows.length;
  const lines = [head, ...rows, ...(more > 0 ? [`  and ${more} more`] : [])];
  return lines.map((line, i) => {
    const cut = line.length < terminal.columns ? line : `${line.slice(0, terminal.columns - 2)}…`;
    return i === 0 ? paint.bold(cut) : cut;
  }).join("\n");
}

function runningRow({ cell, since, progress }: RunningCell, now: number): string {
  const share = progress && progress.total > 0
    ? `${String(Math.round(100 * progress.done / progress.total)).padStart(3)} %`
    : "     ";
  const note = printableLine(progress?.note ?? ""); // a line feed in it would break the block
  return `  ${share} ${cell.id}  ${formatSeconds(now - since)}  ${note}`.trimEnd();
}

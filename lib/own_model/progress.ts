/** What `basin measure` shows while it works: a line that is replaced, or one for each measure. */
import { formatSeconds } from "../pipeline/display/format.ts";
import { paletteOf, type Terminal } from "../pipeline/display/terminal.ts";

/** Progress of a sequence of measures. */
export interface MeasureProgress {
  /** Begins the measure of this number. */
  begin(index: number): void;
  /** Says how far it is. */
  note(text: string): void;
  /** Shows time and ETA anew; called after each evaluation. */
  refresh(): void;
  /** Writes a line above the progress. */
  line(text: string): void;
  close(): void;
}

/** Milliseconds between two showings: a terminal need not follow each evaluation of a small network. */
const INTERVAL = 100;

/**
 * Shows progress on a terminal's live line, else on stderr, a line as each measure begins.
 *
 * @param titles Of the measures, in their order.
 * @param estimates Units that each will take.
 * @param units Units spent so far.
 * @param now Milliseconds on some clock.
 * @param quiet Stdout is to hold JSON alone: everything goes to stderr.
 */
export function measureProgress(
  { titles, estimates, units, terminal, now, quiet }: {
    readonly titles: readonly string[];
    readonly estimates: readonly number[];
    readonly units: () => number;
    readonly terminal: Terminal;
    readonly now: () => number;
    readonly quiet: boolean;
  },
): MeasureProgress {
  const paint = paletteOf(terminal);
  const live = quiet ? undefined : terminal.live;
  const started = now();
  let shown = -Infinity;
  let current = 0;
  let spentBefore = 0;
  let latest = "";
  const remaining = (): string => {
    const spent = units();
    const own = Math.max(0, estimates[current]! - (spent - spentBefore));
    const ahead = estimates.slice(current + 1).reduce((sum, units) => sum + units, own);
    // The first calls include the loading of the engine.
    if (spent < 2) return "";
    return `, about ${formatSeconds((now() - started) / 1000 * ahead / spent)} left`;
  };
  const block = (): string => {
    const elapsed = formatSeconds((now() - started) / 1000);
    const head = `${current + 1}/${titles.length} ${titles[current]}, ${elapsed}${remaining()}`;
    const cut = (line: string) =>
      line.length < terminal.columns ? line : `${line.slice(0, terminal.columns - 2)}…`;
    return paint.bold(cut(head)) + (latest ? `\n${cut(`  ${latest}`)}` : "");
  };
  return {
    begin(index) {
      [current, spentBefore, latest] = [index, units(), ""];
      if (live) live.show(block());
      else {
        terminal.warn(`${index + 1}/${titles.length} ${titles[index]}${remaining()}\n`);
      }
    },
    note: (text) => latest = text,
    refresh() {
      if (!live || now() - shown < INTERVAL) return;
      shown = now();
      live.show(block());
    },
    line(text) {
      live?.clear();
      if (quiet) terminal.warn(`${text}\n`);
      else terminal.write(`${text}\n`);
    },
    close: () => live?.clear(),
  };
}

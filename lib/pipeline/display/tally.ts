/** How far a run is, kept up to date by its events. */
import type { Cell } from "../plan/cell.ts";
import type { Progress } from "../stage.ts";
import type { RunEvent } from "../events.ts";

/** A cell that runs now. */
export interface RunningCell {
  readonly cell: Cell;
  /** Seconds on the run's clock. */
  readonly since: number;
  readonly progress?: Progress;
}

/** The state of a run. */
export interface Tally {
  readonly total: number;
  readonly hits: number;
  readonly finished: number;
  readonly failed: number;
  readonly blocked: number;
  readonly running: readonly RunningCell[];
  /** Cells that wait for another run. */
  readonly busy: readonly Cell[];
  /** Seconds that are left, or `undefined` if there is nothing to judge by. */
  remaining(now: number): number | undefined;
}

/**
 * Follows a run.
 *
 * @param cells All cells of the run.
 * @param pastSeconds What a cell took the last time, if it ever ran.
 * @param jobs Cells that run at once.
 */
export function followRun(
  cells: readonly Cell[],
  pastSeconds: (cell: Cell) => number | undefined,
  jobs: number,
): Tally & { on(event: RunEvent, now: number): void } {
  const open = new Set(cells);
  const running = new Map<Cell, RunningCell>();
  const busy = new Set<Cell>();
  const counts = { hits: 0, finished: 0, failed: 0, blocked: 0 };
  const tookByStage = new Map<string, number[]>();
  const end = (cell: Cell) => {
    open.delete(cell);
    running.delete(cell);
    busy.delete(cell);
  };
  const expected = (cell: Cell): number | undefined => {
    const siblings = tookByStage.get(cell.stage.name);
    return pastSeconds(cell) ?? (siblings && siblings.reduce((a, b) => a + b) / siblings.length);
  };
  const left = (cell: Cell, now: number): number | undefined => {
    const { since, progress } = running.get(cell) ?? {};
    if (since === undefined) return expected(cell);
    const elapsed = now - since;
    const share = progress && progress.total > 0 ? progress.done / progress.total : 0;
    // Early progress says little: the first step includes loading.
    if (share > 0.05) return elapsed * (1 - share) / share;
    const whole = expected(cell);
    return whole === undefined ? undefined : Math.max(0, whole - elapsed);
  };
  return {
    total: cells.length,
    get hits() {
      return counts.hits;
    },
    get finished() {
      return counts.finished;
    },
    get failed() {
      return counts.failed;
    },
    get blocked() {
      return counts.blocked;
    },
    get running() {
      return [...running.values()];
    },
    get busy() {
      return [...busy];
    },
    remaining(now) {
      const all = [...open].map((cell) => left(cell, now));
      const known = all.filter((seconds) => seconds !== undefined);
      if (known.length === 0) return undefined;
      const mean = known.reduce((a, b) => a + b) / known.length;
      // Unknown cells count as the mean of the known ones: better than leaving them out.
      const sum = mean * all.length;
      return Math.max(sum / jobs, ...known);
    },
    on(event, now) {
      switch (event.type) {
        case "hit":
          counts.hits++;
          return end(event.cell);
        case "started":
          running.set(event.cell, { cell: event.cell, since: now });
          return;
        case "progress": {
          const known = running.get(event.cell);
          if (known) running.set(event.cell, { ...known, progress: event.progress });
          return;
        }
        case "finished": {
          const took = tookByStage.get(event.cell.stage.name) ?? [];
          tookByStage.set(event.cell.stage.name, [...took, event.record.seconds]);
          counts.finished++;
          return end(event.cell);
        }
        case "failed":
          counts.failed++;
          return end(event.cell);
        case "blocked":
          counts.blocked++;
          return end(event.cell);
        case "retried":
          running.delete(event.cell);
          return;
        case "busy":
          running.delete(event.cell);
          busy.add(event.cell);
          return;
        case "repaired":
          for (const cell of event.cells) open.add(cell);
      }
    },
  };
}

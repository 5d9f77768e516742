/** How long a planned run will take and how much it will write, from what past results took. */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { type Cell, upstreamOf } from "../plan/cell.ts";
import type { ResultRecord } from "../store/record.ts";
import { lastResult } from "./inspect.ts";
import type { PlannedCell } from "./plan.ts";
import type { Workspace } from "./workspace.ts";

/** What one cell is expected to need. */
export interface CellForecast {
  readonly seconds: number;
  /** Of all its outputs. */
  readonly bytes: number;
}

/** What a run is expected to need. */
export interface Forecast {
  /** Of each cell that may run; `undefined` where no cell of its stage ever had a result. */
  readonly cells: ReadonlyMap<Cell, CellForecast | undefined>;
  /** Work of all cells, in seconds on their cores. */
  readonly work: number;
  /** Time from start to end on the given cores. */
  readonly seconds: number;
  readonly bytes: number;
  /** Cells of which nothing is known; the sums leave them out. */
  readonly unknown: number;
}

/**
 * Forecasts a run: a cell needs what it needed the last time, or else what the median cell of its
 * stage did. An upper bound where results come out as they were, since what waits may not run.
 *
 * @param plan Each cell after all that it reads from.
 * @param cpus Cores to use.
 */
export function forecast(
  workspace: Workspace,
  plan: readonly PlannedCell[],
  cpus: number,
): Forecast {
  const past = new Map<Cell, CellForecast>();
  for (const planned of plan) {
    const record = planned.state === "up to date"
      ? planned.record
      : lastResult(workspace, planned.cell);
    if (record) past.set(planned.cell, needOf(record));
  }
  const medians = new Map<string, CellForecast | undefined>();
  const medianOf = (stage: string): CellForecast | undefined => {
    if (!medians.has(stage)) {
      const own = [...past].filter(([cell]) => cell.stage.name === stage).map(([, need]) => need);
      medians.set(
        stage,
        own.length === 0 ? undefined : {
          seconds: middle(own.map(({ seconds }) => seconds)),
          bytes: middle(own.map(({ bytes }) => bytes)),
        },
      );
    }
    return medians.get(stage);
  };
  const open = plan.filter(({ state }) => state !== "up to date").map(({ cell }) => cell);
  const cells = new Map(open.map((cell) => [cell, past.get(cell) ?? medianOf(cell.stage.name)]));
  const known = [...cells.values()].filter((need) => need !== undefined);
  return {
    cells,
    work: known.reduce((sum, { seconds }) => sum + seconds, 0),
    seconds: makespan(cells, cpus),
    bytes: known.reduce((sum, { bytes }) => sum + bytes, 0),
    unknown: cells.size - known.length,
  };
}

/** Free bytes where artifacts go; `undefined` where the system does not tell. */
export function freeBytes(root: string): number | undefined {
  for (let folder = root;; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    } catch {
      if (folder === dirname(folder)) return undefined;
    }
  }
}

/** The end of the last cell if each starts as soon as its inputs and enough cores are there. */
function makespan(cells: ReadonlyMap<Cell, CellForecast | undefined>, cpus: number): number {
  const cores = new Array<number>(Math.max(1, cpus)).fill(0);
  const ends = new Map<Cell, number>();
  for (const [cell, need] of cells) {
    const ready = Math.max(0, ...upstreamOf(cell).map((each) => ends.get(each) ?? 0));
    const wanted = Math.min(cell.stage.cpus, cores.length);
    cores.sort((a, b) => a - b);
    const end = Math.max(ready, cores[wanted - 1]!) + (need?.seconds ?? 0);
    cores.fill(end, 0, wanted);
    ends.set(cell, end);
  }
  return Math.max(0, ...ends.values());
}

function needOf({ seconds, outputs }: ResultRecord): CellForecast {
  return {
    seconds,
    bytes: Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** How long a planned run will take and how much it will write, from what past results took. */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { type Cell, upstreamOf } from "../plan/cell.ts";
import type { EngineFacts } from "../key/preimage.ts";
import type { ResultRecord } from "../store/record.ts";
import type { Work, WorkEstimates } from "../work.ts";
import { acceleratorOf, deviceOf } from "./device.ts";
import { lastOnDevice } from "./last_on_device.ts";
import { type PastRun, pastRuns, secondsPerOperation, workThen } from "./past_runs.ts";
import type { PlannedCell } from "./plan.ts";
import { workOf } from "./planned_work.ts";
import type { Workspace } from "./workspace.ts";

/** What one cell is expected to need. */
export interface CellForecast {
  readonly seconds: number;
  /** Of all its outputs. */
  readonly bytes: number;
  /** Judged by its operations: it has no result yet, or had one for other work. */
  readonly estimated: boolean;
  /** What it is of; see `Work`. */
  readonly kind?: string | undefined;
  /** Whether an accelerator computes it, whose hours are not those of a core. */
  readonly accelerated?: true;
  /** Whose rate it was judged by, if by one that the estimates state; see `AcceleratorRate`. */
  readonly measuredOn?: string;
}

/** What a run is expected to need. */
export interface Forecast {
  /**
   * Of each cell that may run; `undefined` where nobody says what it does, and no cell of its stage
   * ever had a result.
   */
  readonly cells: ReadonlyMap<Cell, CellForecast | undefined>;
  /** Work of all cells that no accelerator computes, in seconds of one core. */
  readonly work: number;
  /** Work of the others, in seconds of one accelerator. */
  readonly acceleratorWork: number;
  /** Time from start to end on the given cores. */
  readonly seconds: number;
  readonly bytes: number;
  /** Cells of which nothing is known; the sums leave them out. */
  readonly unknown: number;
}

/**
 * Forecasts a run. A cell needs what it needed the last time, scaled by its work if that has
 * changed. A cell that never ran needs what its work takes at the rate of past runs, or, where
 * nobody says what it does, what the median cell of its stage did. Only what ran on the device of
 * today's engine counts. An upper bound where results come out as they were, since what waits may not
 * run.
 *
 * @param plan Each cell after all that it reads from.
 * @param cpus Cores to use.
 * @param estimates How much work cells are.
 * @param accelerators Devices that cells take one of each, if they compute on such.
 */
export function forecast(
  workspace: Workspace,
  plan: readonly PlannedCell[],
  cpus: number,
  estimates?: WorkEstimates,
  accelerators = 1,
): Forecast {
  const ofWork = workOf(workspace, estimates);
  const engineOf = ({ stage }: Cell) => workspace.engines.get(stage.name);
  const past = new Map<Cell, CellForecast>();
  for (const planned of plan) {
    const { cell } = planned;
    const record = planned.state === "up to date" ? planned.record : lastOnDevice(workspace, cell);
    if (!record) continue;
    const then = workThen(workspace, cell, record, ofWork);
    past.set(cell, scaled(needOf(record, engineOf(cell)), ofWork(cell), then));
  }
  let runs: readonly PastRun[] | undefined;
  const estimateOf = ({ cell }: PlannedCell): CellForecast | undefined => {
    const work = ofWork(cell);
    if (!estimates || !work) return undefined;
    const { bytes, kind } = work;
    runs ??= pastRuns(workspace, ofWork);
    const engine = engineOf(cell);
    const platform = acceleratorOf(engine);
    const past = secondsPerOperation(runs, { run: cell.stage.run, kind, device: deviceOf(engine) });
    if (platform === undefined) {
      const rate = past ?? 1 / estimates.operationsPerSecond;
      const seconds = work.operations * rate / cell.stage.cpus;
      return { seconds, bytes, kind, estimated: true };
    }
    const stated = estimates.accelerators?.[platform];
    const rate = past ?? (stated && 1 / stated.operationsPerSecond(kind));
    if (rate === undefined) return undefined;
    return {
      seconds: work.operations * rate,
      bytes,
      kind,
      estimated: true,
      accelerated: true,
      ...(past === undefined && { measuredOn: stated!.measuredOn }),
    };
  };
  const medians = new Map<string, CellForecast | undefined>();
  const medianOf = (stage: string): CellForecast | undefined => {
    if (!medians.has(stage)) {
      const own = [...past].filter(([cell]) => cell.stage.name === stage).map(([, need]) => need);
      medians.set(
        stage,
        own.length === 0 ? undefined : {
          seconds: middle(own.map(({ seconds }) => seconds)),
          bytes: middle(own.map(({ bytes }) => bytes)),
          estimated: false,
          ...(own[0]!.accelerated && { accelerated: true }),
        },
      );
    }
    return medians.get(stage);
  };
  const open = plan.filter(({ state }) => state !== "up to date");
  const keys = new Set<string>();
  const cells = new Map(open.map((planned) => {
    const { cell } = planned;
    const need = past.get(cell) ?? estimateOf(planned) ?? medianOf(cell.stage.name);
    const isShared = planned.state === "run" && keys.has(planned.key);
    if (planned.state === "run") keys.add(planned.key);
    // One that shares its key with another finds the other's result.
    return [cell, isShared && need ? { ...need, seconds: 0, bytes: 0 } : need];
  }));
  const known = [...cells.values()].filter((need) => need !== undefined);
  return {
    cells,
    work: [...cells].reduce(
      (sum, [{ stage }, need]) => sum + (need?.accelerated ? 0 : stage.cpus * (need?.seconds ?? 0)),
      0,
    ),
    acceleratorWork: [...cells.values()].reduce(
      (sum, need) => sum + (need?.accelerated ? need.seconds : 0),
      0,
    ),
    seconds: makespan(cells, cpus, accelerators),
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

/** The end of the last cell if each starts as soon as its inputs, cores and accelerators are there. */
function makespan(
  cells: ReadonlyMap<Cell, CellForecast | undefined>,
  cpus: number,
  accelerators: number,
): number {
  const pool = (count: number) => new Array<number>(Math.max(1, count)).fill(0);
  const [cores, devices] = [pool(cpus), pool(accelerators)];
  const ends = new Map<Cell, number>();
  for (const [cell, need] of cells) {
    const ready = Math.max(0, ...upstreamOf(cell).map((each) => ends.get(each) ?? 0));
    const taken = [[cores, cell.stage.cpus], ...(need?.accelerated ? [[devices, 1]] : [])] as [
      number[],
      number,
    ][];
    const start = taken.reduce((latest, [free, wanted]) => {
      free.sort((a, b) => a - b);
      return Math.max(latest, free[Math.min(wanted, free.length) - 1]!);
    }, ready);
    const end = start + (need?.seconds ?? 0);
    for (const [free, wanted] of taken) free.fill(end, 0, Math.min(wanted, free.length));
    ends.set(cell, end);
  }
  return Math.max(0, ...ends.values());
}

/** A past need for the work that the cell is now. */
function scaled(need: CellForecast, now?: Work, then?: Work): CellForecast {
  const { kind } = now ?? {};
  if (!now || !then || now.operations === then.operations) return { ...need, kind };
  const seconds = then.operations === 0 ? need.seconds : need.seconds * now.operations /
    then.operations;
  return { ...need, seconds, bytes: now.bytes, kind, estimated: true };
}

function needOf({ seconds, outputs }: ResultRecord, engine?: EngineFacts): CellForecast {
  return {
    seconds,
    estimated: false,
    ...(acceleratorOf(engine) !== undefined && { accelerated: true }),
    bytes: Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Foresees a run without changing anything. */
import type { Cell } from "../plan/cell.ts";
import type { ResultRecord } from "../store/record.ts";
import { inspectCell, reasonsToRun } from "./inspect.ts";
import { lastOnDevice } from "./last_on_device.ts";
import type { Workspace } from "./workspace.ts";

/** What a run would do with a cell. */
export type PlannedCell =
  | {
    readonly cell: Cell;
    readonly state: "up to date";
    readonly key: string;
    readonly record: ResultRecord;
  }
  | {
    readonly cell: Cell;
    readonly state: "run";
    readonly key: string;
    readonly reasons: readonly string[];
    /** What it took the last time on the device of today's engine. */
    readonly seconds: number | undefined;
  }
  /** Runs unless what it reads comes out as it was. */
  | {
    readonly cell: Cell;
    readonly state: "waits";
    readonly for: readonly Cell[];
    readonly seconds: number | undefined;
  };

/** Plans cells. @param cells Each after all that it reads from. */
export function planCells(workspace: Workspace, cells: readonly Cell[]): PlannedCell[] {
  const results = new Map<Cell, ResultRecord>();
  return cells.map((cell): PlannedCell => {
    const inspection = inspectCell(workspace, cell, (each) => results.get(each));
    if (inspection.kind === "hit") {
      const { key, record } = inspection;
      results.set(cell, record);
      return { cell, state: "up to date", key, record };
    }
    const seconds = lastOnDevice(workspace, cell)?.seconds;
    if (inspection.kind === "waits") {
      return { cell, state: "waits", for: inspection.for, seconds };
    }
    const reasons = reasonsToRun(workspace, cell, inspection);
    return { cell, state: "run", key: inspection.key, reasons, seconds };
  });
}

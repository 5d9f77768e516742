/** What the page says of the run behind the results: cells, keys, times, surroundings. */

/** How far a cell is; `diverged` is a result, too. */
export type CellState = "done" | "diverged" | "running" | "failed" | "to run" | "waits";

/** One cell of the study. */
export interface CellFacts {
  readonly id: string;
  readonly stage: string;
  readonly state: CellState;
  /** Why it failed, or waits, or diverged. */
  readonly reason?: string;
  readonly key?: string;
  /** Time that its computation took, whenever that was. */
  readonly seconds?: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The shell command that computes it. */
  readonly command: string;
}

/** One stage of the study. */
export interface StageFacts {
  readonly name: string;
  readonly description: string;
  readonly axes: readonly string[];
  /** The stages that it reads from. */
  readonly reads: readonly string[];
}

/** The state of a study. */
export interface StudyFacts {
  readonly profile: string;
  /** What the study says of its profile, as a phrase. */
  readonly description?: string;
  /** The shell command that runs the study. */
  readonly command: string;
  readonly stages: readonly StageFacts[];
  readonly cells: readonly CellFacts[];
  /** The cell that makes the report; the page is there, whatever its state. */
  readonly reportCell: string;
  /** The cell behind each record, by the record's `source`. */
  readonly cellOfSource: Readonly<Record<string, string>>;
  /** Engine, versions, threads and the like, as name and value. */
  readonly environment: readonly (readonly [name: string, value: string])[];
}

/** Whether a cell has a result, be it that it diverged. */
export function hasResult({ state }: CellFacts): boolean {
  return state === "done" || state === "diverged";
}

/** The cells without a result. */
export function missingCells({ cells, reportCell }: StudyFacts): CellFacts[] {
  return cells.filter((cell) => !hasResult(cell) && cell.id !== reportCell);
}

/** An anchor that is equal for equal names and has no character that a link must escape. */
export function anchorOf(prefix: string, name: string): string {
  return `${prefix}-${name.replaceAll(/[^A-Za-z0-9.-]+/g, "_")}`;
}

/** Everything that a run says, as one closed union; displays and the journal are its listeners. */
import type { Cell } from "./plan/cell.ts";
import type { Progress } from "./stage.ts";
import type { ResultRecord } from "./store/record.ts";

/** One thing that happened. */
export type RunEvent =
  /** The cell has its result already. */
  | { readonly type: "hit"; readonly cell: Cell; readonly record: ResultRecord }
  /** A worker has been started. */
  | { readonly type: "started"; readonly cell: Cell; readonly reasons: readonly string[] }
  | { readonly type: "progress"; readonly cell: Cell; readonly progress: Progress }
  /** Its result is published. */
  | {
    readonly type: "finished";
    readonly cell: Cell;
    readonly record: ResultRecord;
    /** Outputs in which a second computation gave other bytes than the first. */
    readonly nondeterministic: readonly string[];
  }
  | {
    readonly type: "failed";
    readonly cell: Cell;
    readonly reason: string;
    /** Folder of the attempt, if it came that far. */
    readonly log: string | undefined;
    /** The last lines that the stage printed. */
    readonly tail: readonly string[];
  }
  /** Its worker was killed or took too long; it runs again. */
  | {
    readonly type: "retried";
    readonly cell: Cell;
    readonly reason: string;
    /** Retries that are left after this one. */
    readonly left: number;
  }
  /** It cannot run, because `by` failed. */
  | { readonly type: "blocked"; readonly cell: Cell; readonly by: Cell }
  /** Another run is computing it. */
  | { readonly type: "busy"; readonly cell: Cell }
  /** What these cells had published is damaged; they run again. */
  | { readonly type: "repaired"; readonly cells: readonly Cell[]; readonly damage: string };

/** Hears what happens. */
export type Listener = (event: RunEvent) => void;

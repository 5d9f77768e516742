import type { AscentResult } from "./maximiser_run.ts";
import type { CurvePoint, MaximiserRun } from "./result.ts";

/** Keeps the state of a measurement; arrays by name, saved and loaded together. */
export interface SharpnessCheckpoint {
  /** What was saved last, or `undefined`. */
  load(): Readonly<Record<string, ArrayLike<number>>> | undefined;
  /** Whether to save after this iteration. */
  isDue(): boolean;
  /** Saves arrays, which are borrowed until the promise resolves. */
  save(arrays: Readonly<Record<string, Float64Array | Uint8Array>>): void | Promise<void>;
}

/** What a measurement has behind it. */
export interface Done {
  /** The run that is going on. */
  readonly run: number;
  /** Its curve so far. */
  readonly curve: CurvePoint[];
  /** Of the runs before it. */
  readonly restarts: MaximiserRun[];
  readonly ascents: Omit<AscentResult, "end">[];
}

/** As bytes: JSON, which holds every bit of it, for all its numbers are finite. */
export function writeDone(done: Done): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(done));
}

/** The inverse of {@link writeDone}. */
export function readDone(bytes: ArrayLike<number>): Done {
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes)));
}

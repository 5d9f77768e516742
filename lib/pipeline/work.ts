/** How much work a cell is, as a study may say in a module of its own; the contract with it. */
import type { Json } from "./config/study.ts";

/** A cell as an estimate sees it. */
export interface PlannedWork {
  /** The parameters that reach its stage, without the defaults of the stage's schema. */
  readonly parameters: Readonly<Record<string, Json>>;
  /** Input → the cells that it comes from. */
  readonly inputs: Readonly<Record<string, readonly PlannedWork[]>>;
}

/** What a cell is expected to do, whatever the machine. */
export interface Work {
  /** In a unit that the estimates of one study share, say multiply-adds. */
  readonly operations: number;
  /** Of all its outputs. */
  readonly bytes: number;
  /** Names what goes at one rate, say a network; `plan` has a column for each. */
  readonly kind?: string;
}

/** The rate of an accelerator, where nothing has run on one of the kind. */
export interface AcceleratorRate {
  /** What had this rate, with an article: `an NVIDIA H100's steps`. */
  readonly measuredOn: string;
  /** Of a kind of work. */
  readonly operationsPerSecond: (kind: string | undefined) => number;
}

/** The default export of the module that a study names under `work`. */
export interface WorkEstimates {
  /** Of one core, where nothing has run yet; a run's own durations come first. */
  readonly operationsPerSecond: number;
  /** By the engine's platform, such as `cuda`. */
  readonly accelerators?: Readonly<Record<string, AcceleratorRate>>;
  /** By `run` as the YAML writes it: what a cell does; stages may be missing. */
  readonly stages: Readonly<Record<string, (cell: PlannedWork) => Work>>;
}

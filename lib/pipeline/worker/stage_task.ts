/** What a stage needs to run, and what it says; plain data, so that both can pass between threads. */
import type { Json } from "../config/study.ts";
import type { InputArtifact, Progress } from "../stage.ts";
import type { OutputPlace } from "../store/publish.ts";

/** An input with its artifacts in place. */
export interface OpenInput {
  readonly name: string;
  readonly collected: boolean;
  readonly artifacts: readonly InputArtifact[];
}

/** One run of a stage. Paths are absolute. */
export interface StageTask {
  readonly module: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly inputs: readonly OpenInput[];
  readonly outputs: readonly OutputPlace[];
  /** The folder that paths of outputs are relative to. */
  readonly work: string;
  /** The folder that keeps checkpoints. */
  readonly checkpoints: string;
  /** Least seconds between two checkpoints. */
  readonly checkpointSeconds: number;
  /** See {@link stopFlag}. */
  readonly stop: SharedArrayBuffer;
}

/** What a running stage tells. */
export interface StageHooks {
  /** Its module is loaded; the stage runs when this resolves. */
  loaded(): Promise<void>;
  progress(progress: Progress): void;
  diverged(reason: string): void;
}

/** The name of the error that ends a stage which was told to stop and has saved its state. */
export const STOPPED_ERROR = "StoppedError";

/** A way to run a stage; rejects if it fails. */
export type StageRunner = (task: StageTask, hooks: StageHooks) => Promise<void>;

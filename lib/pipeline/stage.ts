/** The contract between the orchestrator and a stage in `tasks/`; the only part stages import. */
import type { z } from "zod";

/** One upstream output that a stage reads. */
export interface InputArtifact {
  /**
   * Cell that made it, as axis → label, for instance `{ network: "F1", trial: "0" }`.
   *
   * Of a collected artifact it is part of the key, so a result may depend on it. Of a plain input
   * it is not: take what a result depends on from the parameters.
   */
  readonly cell: Readonly<Record<string, string>>;
  /** `ok`, or `diverged` where the producer ended in NaN and published that as its result. */
  readonly status: "ok" | "diverged";
  /** Absolute path of a file, or of a folder if the output was declared as one. */
  readonly path: string;
}

/** What is going on inside a stage, for the progress line and its ETA. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Short text such as `epoch 3, loss 0.0412`. */
  readonly note?: string;
}

/** What a stage saves under a name. */
export type CheckpointValue = Float64Array | Float32Array | Int32Array | Uint8Array;

/** What a stage saves at once, by name. */
export type CheckpointState = Readonly<Record<string, CheckpointValue>>;

/**
 * Lets a long stage go on where a killed or stopped attempt at the same key had come to.
 *
 * Code, parameters and inputs are the same then. The result must be so, too: save all that the rest
 * of the computation depends on, and nothing rounded.
 */
export interface Checkpoint {
  /** The state that an earlier attempt saved last; `undefined` if there is none. */
  load(): CheckpointState | undefined;
  /** Whether to save now: some seconds have passed, or the run is being stopped. Cheap. */
  isDue(): boolean;
  /** Saves a state, whole or not at all. Throws to end the stage if the run is being stopped. */
  save(state: CheckpointState): void;
}

/** The only way a stage touches the world; tests pass a fake. */
export interface StageContext<Parameters> {
  /** Exactly the parameters that the stage declared, checked against its schema. */
  readonly parameters: Parameters;
  /** Axis → label of this cell; for messages only, as it is not part of the key. */
  readonly cell: Readonly<Record<string, string>>;
  /** The one artifact bound to a plain input. @throws {TypeError} If the input is a collection. */
  input(name: string): InputArtifact;
  /** Whether the YAML binds an input of this name; stages may leave some open. */
  hasInput(name: string): boolean;
  /** All artifacts bound to a collected (`[*]`) input, in the order of their cells. */
  inputs(name: string): readonly InputArtifact[];
  /** Absolute path at which to write the declared output `name` (parent folders exist). */
  output(name: string): string;
  /** For stages that take minutes. Discarded when the result is published. */
  readonly checkpoint: Checkpoint;
  /** Reports progress; cheap, call it as often as you like. */
  progress(progress: Progress): void;
  /** Writes a line to the cell's log. */
  log(line: string): void;
  /** Declares the computation diverged (NaN): published as a result, not a failure. */
  diverged(reason: string): void;
}

/** A stage: a schema for its parameters and what it does. */
export interface Stage<Schema extends z.ZodType = z.ZodType> {
  /** One sentence for `--help`. */
  readonly summary: string;
  /** Strict schema: a key that is not in it is an error, with a suggestion. */
  readonly parameters: Schema;
  /**
   * Parameters that say where something is found and never what it is, such as a folder. They are in
   * no key: the stage itself must make sure that it found the right thing, say by a checksum.
   */
  readonly locations?: readonly string[];
  run(context: StageContext<z.infer<Schema>>): Promise<void>;
}

/** Types a stage; every module in `tasks/` that is a stage has this as its default export. */
export function defineStage<Schema extends z.ZodType>(stage: Stage<Schema>): Stage<Schema> {
  return stage;
}

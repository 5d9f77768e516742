/** A study as the rest of the pipeline sees it: names resolved, profile applied, places kept. */
import type { Access } from "./access.ts";
import type { ExecutorSettings } from "./executor.ts";
import type { Reference } from "./reference.ts";
import type { SourceText, YamlPath } from "./source_text.ts";

/** A value as YAML and JSON both write it. */
export type Json = string | number | boolean | null | readonly Json[] | {
  readonly [name: string]: Json;
};

/** One parameter and where it comes from. */
export interface Parameter {
  /** The value itself. */
  readonly value: Json;
  /**
   * Who brings it. A stage must declare what its groups bring; of axes and the seed it takes what
   * it declares.
   */
  readonly origin: "seed" | "group" | "axis" | "flag";
  /** Where it stands in the YAML; empty for a flag of the command line. */
  readonly path: YamlPath;
}

/** Parameters by name. */
export type Parameters = ReadonlyMap<string, Parameter>;

/** One value of an axis. */
export interface AxisValue {
  /** The name of the value in cells and folders. */
  readonly label: string;
  /** What the value means: `{ axis: value }`, or the parameters of a labelled value. */
  readonly parameters: Parameters;
}

/** One dimension of the experiment. */
export interface Axis {
  readonly name: string;
  /** `values`: a list or a range; `labels`: names that stand for parameters. */
  readonly kind: "values" | "labels";
  readonly values: readonly AxisValue[];
  readonly path: YamlPath;
}

/** Part of a matrix, in `exclude` and `include`: names with their values, and their places. */
export interface Assignment {
  readonly path: YamlPath;
  readonly values: ReadonlyMap<string, Json>;
}

/** What a stage reads. */
export interface InputDeclaration {
  readonly name: string;
  readonly reference: Reference;
  readonly path: YamlPath;
}

/** What a stage writes. */
export interface OutputDeclaration {
  readonly name: string;
  /** Relative to the cell's folder, with `/`, and without a trailing one. */
  readonly path: string;
  readonly kind: "file" | "folder";
}

/** One entry under `stages`, after the profile. */
export interface StageDeclaration {
  readonly name: string;
  /** Its place in the YAML. */
  readonly path: YamlPath;
  /** The module as the YAML writes it. */
  readonly run: string;
  /** Absolute path of the module. */
  readonly module: string;
  readonly description: string | undefined;
  /** Axes by name, in the order of the YAML. */
  readonly matrix: readonly string[];
  readonly exclude: readonly Assignment[];
  readonly include: readonly Assignment[];
  /** Of the study's seed and the stage's own `params`, later ones over earlier ones. */
  readonly parameters: Parameters;
  readonly inputs: ReadonlyMap<string, InputDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
  /** Whether the engine's description enters the keys. */
  readonly engine: boolean;
  /** Cores per cell. */
  readonly cpus: number;
  /** Bytes of memory per cell; 0 if the study does not say. */
  readonly memory: number;
  /** GPUs that a cell has to itself. */
  readonly gpus: number;
  /** What it may touch besides code, inputs and outputs; in no key. */
  readonly access: Access;
  /** Longest time of one attempt, in seconds. */
  readonly timeout: number;
  /** Longest time without a sign of life, in seconds. */
  readonly stall: number;
  /** Further attempts after one was killed or took too long. */
  readonly retries: number;
}

/** The whole study under one profile. */
export interface Study {
  readonly source: SourceText;
  /** Absolute path of the folder that the YAML lies in. */
  readonly root: string;
  /** `default`, or the name under `profiles`. */
  readonly profile: string;
  /** What the YAML says of the profile. */
  readonly description: string | undefined;
  /** Absolute path of the module that says how much work cells are. */
  readonly work: string | undefined;
  /** Where cells are computed; in no key. */
  readonly executor: ExecutorSettings;
  /** Every axis by name. */
  readonly axes: ReadonlyMap<string, Axis>;
  /** Stages by name; each after all that it reads from. */
  readonly stages: ReadonlyMap<string, StageDeclaration>;
  /** Stages of the YAML that the profile leaves out; an input that collects from one is dropped. */
  readonly absent: ReadonlySet<string>;
}

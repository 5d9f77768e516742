/** What passes between the driver and a worker; both are JSON, one object a line. */
import { z } from "zod";
import type { Access } from "../config/access.ts";
import type { Json } from "../config/study.ts";
import type { KeyDocument } from "../key/explain.ts";
import type { OutputPlace } from "../store/publish.ts";
import type { ResultRecord } from "../store/record.ts";

/** One artifact of an input. */
export interface JobArtifact {
  readonly cell: Readonly<Record<string, string>>;
  readonly status: "ok" | "diverged";
  /** `blob:<sha256>` or `tree:<sha256>`. */
  readonly digest: string;
}

/** Everything that a worker needs to compute one cell. */
export interface Job {
  /** Absolute path of the artifacts folder. */
  readonly artifacts: string;
  /** The cell's name, for logs. */
  readonly cell: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Absolute path of the stage's module. */
  readonly module: string;
  /** Absolute path of the folder that names of modules in `document` are relative to. */
  readonly project: string;
  /** Modules that may be loaded late in the run. */
  readonly lazy: readonly string[];
  readonly parameters: Readonly<Record<string, Json>>;
  readonly key: string;
  readonly document: KeyDocument;
  readonly inputs: readonly {
    readonly name: string;
    readonly collected: boolean;
    readonly artifacts: readonly JobArtifact[];
  }[];
  readonly outputs: readonly OutputPlace[];
  /** What the stage may touch besides code, inputs and outputs. */
  readonly access: Access;
}

/** What a driver sends its worker, as one line. */
export interface Order {
  readonly job: Job;
  /**
   * Stands before each event of the worker. The stage does not know it: what it prints must not pass
   * for an event, for an event names folders that the driver writes to.
   */
  readonly token: string;
}

/** What a worker tells its driver. */
export type WorkerEvent =
  | { readonly type: "started"; readonly attempt: string }
  | {
    readonly type: "progress";
    readonly done: number;
    readonly total: number;
    readonly note?: string | undefined;
  }
  | {
    readonly type: "published";
    readonly record: ResultRecord;
    readonly nondeterministic: readonly string[];
  }
  | { readonly type: "failed"; readonly reason: string }
  /** Inputs that are not what their names say. */
  | { readonly type: "corrupt"; readonly digests: readonly string[] };

/** Starts an event in a worker's output; all else there is what the stage printed. */
export const EVENT_MARK = "\x1e";

/** Exit status of a worker that found its cell held by another one. */
export const BUSY = 73;

/** Exit status of a worker that was told to stop, and did. */
export const STOPPED = 75;

const eventSchema = z.looseObject({
  type: z.enum(["started", "progress", "published", "failed", "corrupt"]),
});

/** Reads an event. `undefined` for what is none: a stage may print anything. */
export function readEvent(text: string): WorkerEvent | undefined {
  try {
    const result = eventSchema.safeParse(JSON.parse(text));
    return result.success ? result.data as unknown as WorkerEvent : undefined;
  } catch {
    return undefined;
  }
}

/** The seam between the scheduler and what computes cells. */
import type { Progress } from "../stage.ts";
import type { ResultRecord } from "../store/record.ts";
import type { Job } from "../worker/job.ts";

/** What came of one attempt to compute a cell. */
export type Outcome =
  | {
    readonly kind: "published";
    readonly record: ResultRecord;
    readonly nondeterministic: readonly string[];
  }
  | {
    readonly kind: "failed";
    /** `stage`: its own error, which would come again; `worker`: killed, or took too long. */
    readonly cause: "stage" | "worker";
    readonly reason: string;
    readonly log: string | undefined;
    readonly tail: readonly string[];
  }
  /** Another run is computing it. */
  | { readonly kind: "busy" }
  /** Artifacts that it was to read are not what their names say. */
  | { readonly kind: "corrupt"; readonly digests: readonly string[] };

/** What a cell needs of the machine that computes it; a stage's declaration says it. */
export interface Needs {
  /** The stage's name: a cluster may have a place of its own for it. */
  readonly name: string;
  /** Whether it computes with the engine; if so, with `cpus` threads. */
  readonly engine: boolean;
  /** Cores. */
  readonly cpus: number;
  /** Bytes; 0 if the study does not say. */
  readonly memory: number;
  /** GPUs that it has to itself. */
  readonly gpus: number;
  /** Longest time, in seconds. */
  readonly timeout: number;
  /** Longest time without a sign of life, in seconds. */
  readonly stall: number;
}

/** A way to compute cells: in processes of this machine, or on a cluster. */
export interface Executor {
  /** Computes a cell. Resolves also when it fails, or is stopped. */
  execute(needs: Needs, job: Job, onProgress: (progress: Progress) => void): Promise<Outcome>;
  /** Ends all workers: politely, or at once. */
  stop(signal: "SIGTERM" | "SIGKILL"): void;
}

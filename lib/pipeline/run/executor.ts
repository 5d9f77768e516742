/** The seam between the scheduler and what computes cells. */
import type { Cell } from "../plan/cell.ts";
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

/** A way to compute cells; another one could hand them to a cluster. */
export interface Executor {
  /** Computes a cell. Resolves also when it fails, or is stopped. */
  execute(cell: Cell, job: Job, onProgress: (progress: Progress) => void): Promise<Outcome>;
  /** Ends all workers: politely, or at once. */
  stop(signal: "SIGTERM" | "SIGKILL"): void;
}

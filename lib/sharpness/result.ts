import type { PowerStopReason } from "../optim/power_method.ts";
import type { StopReason } from "../optim/stop_reason.ts";
import type { Maximiser, MaximiserStart, ProtocolName } from "./protocol.ts";
import type { SearchSummary } from "./sample_search.ts";
import type { SubspaceDistribution } from "./subspace.ts";

/** φ as far as one run of the maximiser had come. */
export interface CurvePoint {
  /** Iterations completed; 0 is the start itself. */
  readonly iteration: number;
  /** Evaluations of f and ∇f in this run. */
  readonly evaluations: number;
  /** φ at the largest loss so far, in percent: it never falls. */
  readonly percent: number;
}

/** A point of the curve while it is drawn. */
export interface RunningPoint extends CurvePoint {
  /** Number of the run, from 0. */
  readonly run: number;
  /** How many runs there will be. */
  readonly runs: number;
  /** Where the climb began. */
  readonly start: MaximiserStart;
  /** What climbed. */
  readonly maximiser: Maximiser;
}

/** One run of the maximiser. */
export interface MaximiserRun {
  /** What climbed. */
  readonly maximiser: Maximiser;
  /** Where it began. */
  readonly start: MaximiserStart;
  /** φ at the largest loss met in this run, in percent. */
  readonly percent: number;
  /** Iterations completed. */
  readonly iterations: number;
  /** Evaluations of f and ∇f. */
  readonly evaluations: number;
  /** Why it stopped. */
  readonly stopReason: StopReason | PowerStopReason;
  /** Share of the coordinates of y that end on a bound of the box, in [0, 1]. */
  readonly activeShare: number;
  /** φ after each iteration. */
  readonly curve: readonly CurvePoint[];
}

/** The subspace in which a sharpness was measured. */
export interface MeasuredSubspace {
  /** p. */
  readonly dimension: number;
  /** Condition number of AᵀA, by which errors of A⁺x may grow. */
  readonly gramCondition: number;
  /** How A was drawn; absent if the caller gave it, like `seed`. */
  readonly distribution?: SubspaceDistribution;
  /** Seed of the draw. */
  readonly seed?: number;
}

/**
 * Metric 2.1 at a point, and how the number came about. What belongs to a run is that of the best
 * one, save `evaluations`, which counts all runs and the one at x.
 */
export interface Sharpness extends MaximiserRun {
  /** f(x). */
  readonly lossAtMinimiser: number;
  /** Largest finite f(x + Ay) among all points evaluated, x itself included. */
  readonly largestLoss: number;
  /** Whether a point with a larger loss than f(x) was found; if not, φ = 0 says nothing. */
  readonly moved: boolean;
  /** Starts and budget by name. */
  readonly protocol: ProtocolName;
  /** Of `converged`: what the paper's budget found on the way, the first run. */
  readonly budget?: MaximiserRun;
  /** Where the climb began at the end of a search on samples: what that cost beside `evaluations`. */
  readonly search?: SearchSummary;
  /** Most iterations of L-BFGS-B from each start. */
  readonly maxIterations: number;
  /** A; absent for the full space. */
  readonly subspace?: MeasuredSubspace;
  /** What a reader of the number should know. */
  readonly warnings: readonly string[];
  /** All runs, in the order of their starts. */
  readonly restarts: readonly MaximiserRun[];
}

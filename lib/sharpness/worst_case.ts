import type { Box, Objective } from "../optim/objective.ts";
import type { PowerStopReason } from "../optim/power_method.ts";
import type { StopReason } from "../optim/stop_reason.ts";
import type { ClimbStart } from "./climb_start.ts";
import { runMaximiser } from "./maximiser_run.ts";
import { warningsOf } from "./warnings.ts";

/** Budget and starts that all worst-case measures take. */
export interface ClimbOptions {
  /** Most iterations of L-BFGS-B from each start, default 20. */
  readonly maxIterations?: number;
  /** Random starts beside the one of the linearised loss, default 1. */
  readonly restarts?: number;
  /** Seed of the random starts, default 0. */
  readonly seed?: number;
  /** Called at each start and after each iteration. */
  readonly onIteration?: (point: ClimbPoint) => void;
}

/** How far a worst-case measure had come. */
export interface ClimbPoint {
  /** Number of the run, from 0. */
  readonly run: number;
  /** How many runs there will be. */
  readonly runs: number;
  /** Iterations completed; 0 is the start. */
  readonly iteration: number;
  /** Rise at the largest loss of this run so far; it never falls. */
  readonly rise: number;
}

/** One run of the maximiser. */
export interface Climb {
  /** Where it began. */
  readonly start: ClimbStart;
  /** Largest loss met in this run, less f(x); ≥ 0. */
  readonly rise: number;
  /** Iterations of the maximiser. */
  readonly iterations: number;
  /** Evaluations of f and ∇f in this run. */
  readonly evaluations: number;
  /** Why it stopped. */
  readonly stopReason: StopReason | PowerStopReason;
}

/**
 * The largest rise of the loss that was found in a neighbourhood of x: a lower bound of the exact
 * one. What belongs to a run is that of the best one, save `evaluations`, which counts all runs and
 * the evaluation at x.
 */
export interface WorstCase extends Climb {
  /** 100 · rise / (1 + f(x)), the normalisation of Metric 2.1; it means something for f > −1. */
  readonly percent: number;
  /** f(x). */
  readonly lossAtMinimiser: number;
  /** Largest finite loss among all points evaluated, x itself included. */
  readonly largestLoss: number;
  /** Whether a point with a larger loss than f(x) was found; if not, a rise of 0 says nothing. */
  readonly moved: boolean;
  /** What a reader of the number should know. */
  readonly warnings: readonly string[];
  /** All runs, the linearised start first. */
  readonly runs: readonly Climb[];
}

/** A neighbourhood to search: its maximiser's box and starts, in coordinates z around z = 0. */
export interface Neighbourhood {
  /** z ↦ f at the displaced point. */
  readonly loss: Objective;
  /** Bounds on z. */
  readonly box: Box;
  /** First z of a start; `repeat` numbers the random ones. */
  start(kind: ClimbStart, repeat: number): Float64Array;
  /** Gradient at z = 0. */
  readonly slope: Float64Array;
}

/**
 * Runs L-BFGS-B with tolerances 0 up the loss from the maximiser of the linearised loss and from
 * random starts, and keeps the largest loss met.
 *
 * @param lossAtMinimiser f(x), finite.
 */
export async function worstCase(
  { loss, box, start, slope }: Neighbourhood,
  lossAtMinimiser: number,
  { maxIterations, restarts, onIteration }: {
    readonly maxIterations: number;
    readonly restarts: number;
    readonly onIteration?: ((point: ClimbPoint) => void) | undefined;
  },
): Promise<WorstCase> {
  const starts: ClimbStart[] = ["linearised", ...Array<"random">(restarts).fill("random")];
  const ascents = [];
  const runs: Climb[] = [];
  for (const [run, kind] of starts.entries()) {
    const ascent = await runMaximiser(loss, lossAtMinimiser, start(kind, run - 1), box, {
      maxIterations,
      onIteration: ({ iteration, largestLoss }) =>
        onIteration?.({ run, runs: starts.length, iteration, rise: largestLoss - lossAtMinimiser }),
    });
    const { largestLoss, iterations, evaluations, stopReason } = ascent;
    ascents.push(ascent);
    runs.push({
      start: kind,
      rise: largestLoss - lossAtMinimiser,
      iterations,
      evaluations,
      stopReason,
    });
  }
  const best = runs.reduce((a, b) => (b.rise > a.rise ? b : a));
  return {
    ...best,
    evaluations: runs.reduce((sum, { evaluations }) => sum + evaluations, 1),
    percent: 100 * best.rise / (1 + lossAtMinimiser),
    lossAtMinimiser,
    largestLoss: Math.max(...ascents.map(({ largestLoss }) => largestLoss)),
    moved: best.rise > 0,
    warnings: warningsOf(starts, ascents, slope, lossAtMinimiser, undefined),
    runs,
  };
}

import type { Box, Objective } from "./objective.ts";
import type { StopReason } from "./stop_reason.ts";

/** State after an iteration, as given to `onIteration`; iteration 0 is the start. */
export interface Iteration {
  /** Number of line searches completed. */
  readonly iteration: number;
  /** f at the present point. */
  readonly value: number;
  /** Evaluations of f and ∇f so far. */
  readonly evaluations: number;
  /** ‖P(x − ∇f) − x‖∞ at the present point. */
  readonly projectedGradientNorm: number;
  /** The present point. Borrowed: valid during the call only, not to be written to. */
  readonly x: Float64Array;
}

/** Budget and tolerances of {@link minimizeInBox}. */
export interface MinimizeOptions {
  /** m, the number of correction pairs kept. */
  readonly memory?: number;
  /** Most iterations (line searches); SciPy's `maxiter`. */
  readonly maxIterations?: number;
  /** Stop at ‖P(x − ∇f) − x‖∞ ≤ this; SciPy's `gtol`. 0 switches the test off. */
  readonly gradientTolerance?: number;
  /** Stop at (f_k − f_{k+1}) / max(|f_k|, |f_{k+1}|, 1) ≤ this; SciPy's `ftol`. 0 switches it off. */
  readonly decreaseTolerance?: number;
  /** Most evaluations of f and ∇f. */
  readonly maxEvaluations?: number;
  /** Called at the start and after every iteration. */
  readonly onIteration?: (state: Iteration) => void;
}

/** Where {@link minimizeInBox} ended, why, and what it cost. */
export interface Minimum {
  /** The best point found, inside the box. */
  readonly x: Float64Array;
  /** f(x). */
  readonly value: number;
  /** ∇f(x). */
  readonly gradient: Float64Array;
  /** ‖P(x − ∇f(x)) − x‖∞. */
  readonly projectedGradientNorm: number;
  /** Line searches completed; 0: the start was not left. */
  readonly iterations: number;
  /** Evaluations of f and ∇f. */
  readonly evaluations: number;
  /** Why it stopped. */
  readonly stopReason: StopReason;
  /** Share of the coordinates of x which lie on a bound, in [0, 1]. */
  readonly activeShare: number;
}

/** Minimises f over a box from `start` by L-BFGS-B. */
export function minimizeInBox(
  _objective: Objective,
  _start: Float64Array,
  _box: Box,
  _options: MinimizeOptions = {},
): Promise<Minimum> {
  return Promise.reject(new Error("Cannot minimise yet: L-BFGS-B follows"));
}

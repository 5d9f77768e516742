import { indexOfNonFinite, norm } from "../linalg/vector.ts";
import { activeShare, assertBox, boundedness, clipIntoBox, directionWithin } from "./box.ts";
import { makeBuckets, startFilling } from "./breakpoint_buckets.ts";
import { breakpointTimes } from "./breakpoint_times.ts";
import { type CauchyPoint, cauchyPoint, startOfPath } from "./cauchy_point.ts";
import { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";
import { type Line, searchLine } from "./line_search.ts";
import type { Box, Evaluation, Objective } from "./objective.ts";
import type { StopReason } from "./stop_reason.ts";
import { minimiseOverFree } from "./subspace_minimisation.ts";

/** Longest step of a line search where no bound ends it, as in L-BFGS-B 3.0. */
const LONGEST_STEP = 1e10;

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

/** Budget and tolerances of {@link minimizeInBox}; the defaults are SciPy's. */
export interface MinimizeOptions {
  /** m, the number of correction pairs kept; 10. */
  readonly memory?: number;
  /** Most iterations, each with one line search; SciPy's `maxiter`, 15000. */
  readonly maxIterations?: number;
  /** Stop at ‖P(x − ∇f) − x‖∞ ≤ this; SciPy's `gtol`, 1e-5. At 0 only exact stationarity stops. */
  readonly gradientTolerance?: number;
  /**
   * Stop at (f_k − f_{k+1}) / max(|f_k|, |f_{k+1}|, 1) ≤ this; SciPy's `ftol`, 1e7 · 2⁻⁵². 0
   * switches the test off.
   */
  readonly decreaseTolerance?: number;
  /**
   * To what f is known, given its value; by default it is known exactly. A line search ends where
   * values and slopes leave no more to gain between two steps that enclose a minimum. SciPy has no
   * such limit.
   */
  readonly valueResolution?: (value: number) => number;
  /** Most evaluations of f and ∇f, also within a line search; 15000. */
  readonly maxEvaluations?: number;
  /**
   * f and ∇f at the start, which lies in the box, where they are known: they are not evaluated again,
   * and not counted.
   */
  readonly atStart?: Evaluation | undefined;
  /** Called at the start and after every iteration. */
  readonly onIteration?: (state: Iteration) => void;
  /**
   * Called between two iterations with a function that gives the state of the minimiser, from which
   * {@link MinimizeOptions.from} goes on. Its arrays are borrowed until the promise resolves.
   */
  readonly onState?: (state: () => MinimizerState) => void | Promise<void>;
  /**
   * Goes on from a state to the same bits as if the run had never ended. Objective, start, box and
   * all other options must be those of that run; `start` is not evaluated again.
   */
  readonly from?: MinimizerState;
}

/** The minimiser between two iterations, as float64 arrays that hold every bit of it. */
export type MinimizerState = Readonly<
  Record<"counts" | "x" | "gradient" | "pairs" | "gram" | "scale", Float64Array>
>;

/** Where {@link minimizeInBox} ended, why, and what it cost. */
export interface Minimum {
  /** The best point found, inside the box. Shape [n]. */
  readonly x: Float64Array;
  /** f(x), not above f at the start. */
  readonly value: number;
  /** ∇f(x). Shape [n]. */
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

/**
 * Minimises f over a box from `start` by L-BFGS-B. The generalised Cauchy point of a limited-memory
 * BFGS model tells which bounds are active. Then the model is minimised over the other coordinates,
 * and a line search leads there.
 *
 * Source: Byrd, Lu, Nocedal and Zhu 1995, "A limited memory algorithm for bound constrained
 * optimization", with the subspace step of Morales and Nocedal 2011 and the line search of Moré
 * and Thuente 1994. It follows SciPy's in meaning and, up to rounding, in its steps. Deviations:
 *
 * 1. The Cauchy point skips buckets of breakpoints, see {@link cauchyPoint}: same point, faster.
 * 2. f never rises, and NaN or Infinity shorten the step, see {@link searchLine}.
 * 3. `maxEvaluations` holds within a line search too; SciPy looks at it between iterations.
 * 4. `valueResolution` and `atStart`, where they are given.
 *
 * Memory: (2m + 5) n doubles, m = min(memory, maxIterations − 1), beside two gradients and the
 * objective's own; no vector of length n is allocated per iteration.
 *
 * @example Rosenbrock's valley, cut off by a wall at x₁ = ½
 * ```ts
 * import { minimizeInBox } from "./lbfgsb.ts";
 * import assert from "node:assert/strict";
 *
 * const rosenbrock = {
 *   dimension: 2,
 *   evaluate: ([x, y]: Float64Array) =>
 *     Promise.resolve({
 *       value: 100 * (y! - x! ** 2) ** 2 + (1 - x!) ** 2,
 *       gradient: Float64Array.of(-400 * x! * (y! - x! ** 2) - 2 * (1 - x!), 200 * (y! - x! ** 2)),
 *     }),
 * };
 * const box = { lower: Float64Array.of(-1.5, -0.5), upper: Float64Array.of(0.5, 2.5) };
 * const minimum = await minimizeInBox(rosenbrock, Float64Array.of(-1.2, 1), box);
 *
 * assert.equal(minimum.stopReason, "gradient-small");
 * assert.equal(minimum.x[0], 0.5);
 * assert.ok(Math.abs(minimum.x[1]! - 0.25) < 1e-6);
 * assert.equal(minimum.activeShare, 0.5);
 * ```
 *
 * @param objective f and ∇f on Rⁿ; evaluated inside the box only.
 * @param start Shape [n]; it is first clipped into the box, and left unchanged.
 * @param box Bounds, ∓Infinity where there are none; l_i = u_i fixes a variable.
 * @throws {TypeError} If `start`, `box` or a gradient does not have the objective's dimension.
 * @throws {RangeError} If n = 0, a lower bound exceeds its upper one, the clipped start is not
 *   finite, or an option is out of range.
 */
export async function minimizeInBox(
  objective: Objective,
  start: Float64Array,
  box: Box,
  options: MinimizeOptions = {},
): Promise<Minimum> {
  const {
    memory = 10,
    maxIterations = 15_000,
    gradientTolerance = 1e-5,
    decreaseTolerance = 1e7 * Number.EPSILON,
    valueResolution,
    maxEvaluations = 15_000,
    onIteration = () => {},
    onState = () => {},
    atStart,
    from,
  } = options;
  assertProblem(objective, start);
  assertBox(box, start.length);
  assertCount("memory", memory, 1, Number.MAX_SAFE_INTEGER);
  assertCount("maxIterations", maxIterations, 0);
  assertCount("maxEvaluations", maxEvaluations, 1);
  assertTolerance("gradientTolerance", gradientTolerance);
  assertTolerance("decreaseTolerance", decreaseTolerance);

  const n = start.length;
  const checked = (evaluation: Evaluation): Evaluation => {
    if (evaluation.gradient.length === n) return evaluation;
    throw new TypeError(
      `Cannot minimise on ${n} variables: a gradient of length ${evaluation.gradient.length}; ` +
        "return one entry per variable",
    );
  };
  const evaluate = async (point: Float64Array) => checked(await objective.evaluate(point));

  let x = from ? from.x.slice() : clipIntoBox(start, box);
  let { value, gradient } = from
    ? { value: from.counts[0]!, gradient: from.gradient }
    : atStart
    ? checked(atStart)
    : await evaluate(x);
  gradient = gradient.slice();
  const scratch = new Float64Array(n);
  let gradientNorm = breakpointTimes(x, gradient, box, scratch).projectedGradientNorm;
  let iterations = from?.counts[1] ?? 0;
  let evaluations = from?.counts[2] ?? (atStart ? 0 : 1);
  const ended = (stopReason: StopReason): Minimum => ({
    x,
    value,
    gradient,
    projectedGradientNorm: gradientNorm,
    iterations,
    evaluations,
    stopReason,
    activeShare: activeShare(x, box),
  });
  const isDecreaseSmall = (from: number, to: number): boolean =>
    decreaseTolerance > 0 &&
    Math.abs(from - to) <= decreaseTolerance * Math.max(Math.abs(from), Math.abs(to), 1);
  const report = (): void =>
    onIteration({
      iteration: iterations,
      value,
      evaluations,
      projectedGradientNorm: gradientNorm,
      x,
    });
  if (!from) {
    if (!Number.isFinite(value) || indexOfNonFinite(gradient) >= 0) {
      return ended("value-not-finite");
    }
    report();
    if (gradientNorm <= gradientTolerance) return ended("gradient-small");
  }

  const { bounded, boxed } = boundedness(box);
  // The pair of the last iteration is never used, so a short run needs less memory.
  using matrix = new LimitedMemoryMatrix(n, Math.max(1, Math.min(memory, maxIterations - 1)));
  if (from) matrix.restore(from);
  const end = new Float64Array(n);
  const direction = new Float64Array(n);
  const buckets = makeBuckets(scratch, matrix.stride);
  // Breakpoint times and index lists are done with before the reduced gradient and the direction
  // are formed, and share their memory.
  const indices = new Int32Array(direction.buffer);
  let trial: Float64Array = new Float64Array(n);
  let kept: Float64Array = new Float64Array(n);

  // Whether the update of the matrix has formed the sums for the next Cauchy point on its way.
  let filled = false;
  for (;;) {
    if (iterations >= maxIterations) return ended("max-iterations");
    if (evaluations >= maxEvaluations) return ended("max-evaluations");

    const workspace = { cauchy: end, point: end, buckets, indices };
    const cauchy = nextModelPoint(matrix, x, gradient, box, bounded, workspace, filled);
    filled = false;
    if (!minimiseOverFree(matrix, x, gradient, box, cauchy, workspace)) {
      matrix.reset();
      continue;
    }
    const { slope, largestStep } = directionWithin(end, x, gradient, box, LONGEST_STEP, direction);
    if (!(slope < 0 && slope > -Infinity)) {
      if (matrix.count === 0) return ended("line-search-failed");
      matrix.reset();
      continue;
    }

    const first = iterations === 0;
    const maxStep = !bounded ? LONGEST_STEP : first ? 1 : Math.max(1, largestStep);
    const firstStep = first && !boxed ? Math.min(1 / norm(direction), maxStep) : 1;
    const resolution = valueResolution?.(value) ?? 0;
    const line: Line = { x, value, direction, slope, end, box, firstStep, maxStep, resolution };
    const { outcome, point, evaluations: trials } = await searchLine(
      evaluate,
      line,
      trial,
      kept,
      maxEvaluations - evaluations,
    );
    evaluations += trials;
    if (point === undefined) {
      if (outcome === "budget") return ended("max-evaluations");
      // Near a minimum f is flat to rounding and no trial lower: as converged as was asked for if
      // the decrease to be had is within the tolerance.
      if (outcome === "not-lower" && isDecreaseSmall(value, value + firstStep * slope)) {
        return ended("decrease-small");
      }
      if (matrix.count === 0) {
        return ended(outcome === "not-finite" ? "value-not-finite" : "line-search-failed");
      }
      matrix.reset();
      continue;
    }

    const [previousX, previousValue, previousGradient] = [x, value, gradient];
    [x, trial] = [trial, x];
    [gradient, kept] = [kept, gradient];
    value = point.value;
    const path = breakpointTimes(x, gradient, box, buckets.times);
    gradientNorm = path.projectedGradientNorm;
    if (outcome === "budget") return ended("max-evaluations");
    iterations++;
    report();
    if (gradientNorm <= gradientTolerance) return ended("gradient-small");
    if (isDecreaseSmall(previousValue, value)) return ended("decrease-small");
    if (iterations >= maxIterations) continue;
    filled = matrix.update(
      previousX,
      previousGradient,
      x,
      gradient,
      () => startFilling(buckets, matrix, x, gradient, box, path.pinned, false),
    );
    const counts = Float64Array.of(value, iterations, evaluations);
    await onState(() => ({ counts, x, gradient, ...matrix.snapshot() }));
  }
}

/** Puts the Cauchy point into `end`; without any bound the model is minimised from x itself. */
function nextModelPoint(
  matrix: LimitedMemoryMatrix,
  x: Float64Array,
  gradient: Float64Array,
  box: Box,
  bounded: boolean,
  workspace: Parameters<typeof cauchyPoint>[4],
  filled: boolean,
): CauchyPoint {
  const next = bounded || matrix.count === 0 ? cauchyPoint : startOfPath;
  return next(matrix, x, gradient, box, workspace, filled);
}

function assertProblem({ dimension }: Objective, start: Float64Array): void {
  if (dimension === 0) {
    throw new RangeError("Cannot minimise a function of 0 variables; give at least one");
  }
  if (start.length !== dimension) {
    throw new TypeError(
      `Cannot start from a vector of length ${start.length}; the objective has ${dimension} variables`,
    );
  }
}

function assertCount(name: string, value: number, least: number, most = Infinity): void {
  const whole = Number.isInteger(value) || value === Infinity;
  if (whole && value >= least && value <= most) return;
  const orMore = most === Infinity ? ", or Infinity" : "";
  throw new RangeError(`Cannot use ${name} ${value}; give a whole number ≥ ${least}${orMore}`);
}

function assertTolerance(name: string, value: number): void {
  if (value >= 0 && value < Infinity) return;
  throw new RangeError(`Cannot use ${name} ${value}; give a finite number ≥ 0`);
}

import { indexOfNonFinite } from "../linalg/vector.ts";
import { assertBox, clipIntoBox } from "./box.ts";
import { hostSearch } from "./host_search.ts";
import type { Box, Objective } from "./objective.ts";
import type { SearchPoint } from "./vertex_search.ts";

/**
 * Why the power method stopped.
 *
 * - `fixed-point`: no vertex is higher to first order: g_i > 0 only where y_i = u_i, g_i < 0 only
 *   where y_i = l_i. On a convex f that is a local maximum among the neighbouring vertices.
 * - `rise-small`: the last steps together gained no more than `riseTolerance` of all rise so far, or
 *   the safeguard has come to steps of which the slope promises no more.
 * - `no-rise`: f rises neither at the vertex nor on the way there, down to the shortest step tried:
 *   rounding, a wrong gradient, or a stretch where f is concave and y all but its maximum.
 * - `max-evaluations`: the budget is spent.
 * - `value-not-finite`: f or ∇f is NaN or infinite at the start.
 */
export type PowerStopReason =
  | "fixed-point"
  | "rise-small"
  | "no-rise"
  | "max-evaluations"
  | "value-not-finite";

/** State after a step, as given to `onIteration`; iteration 0 is the start. */
export interface PowerIteration {
  /** Steps that rose. */
  readonly iteration: number;
  /** f at the present point; it never falls. */
  readonly value: number;
  /** Evaluations of f and ∇f so far. */
  readonly evaluations: number;
}

/** The method between two steps, as float64 arrays that hold every bit of it. */
export type PowerState = Readonly<Record<"counts" | "recent" | "x" | "gradient", Float64Array>>;

/** Budget and tolerance of {@link maximizeByPower}. */
export interface PowerOptions {
  /** Most evaluations of f and ∇f, those of the safeguard included; default 50. */
  readonly maxEvaluations?: number;
  /**
   * Stop when the last `window` steps together rose by no more than this share of the rise above
   * `baseline`; default 0, which switches the test off.
   */
  readonly riseTolerance?: number;
  /** Steps that `riseTolerance` looks back over; default 3. */
  readonly window?: number;
  /** The value from which rise is counted; default f at the start. */
  readonly baseline?: number;
  /** Called at the start and after every step that rose. */
  readonly onIteration?: (state: PowerIteration) => void;
  /** Called between two steps with a function that gives the state {@link PowerOptions.from} takes. */
  readonly onState?: (state: () => Promise<PowerState>) => void | Promise<void>;
  /** Goes on from a state to the same bits as if the run had never ended. */
  readonly from?: PowerState;
}

/** Where {@link maximizeByPower} ended, why, and what it cost. */
export interface PowerMaximum {
  /** The highest point found, inside the box. Shape [n]. */
  readonly x: Float64Array;
  /** f(x), not below f at the start. */
  readonly value: number;
  /**
   * max_{v ∈ box} ∇f(x)·(v − x) ≥ 0, the Frank–Wolfe gap. Where f is concave it bounds how far f(x)
   * is from the maximum. Where f is convex, as around a minimum, it bounds nothing, and is 0 at
   * every vertex that the method cannot leave.
   */
  readonly gap: number;
  /** Steps that rose. */
  readonly iterations: number;
  /** Evaluations of f and ∇f. */
  readonly evaluations: number;
  /** Why it stopped. */
  readonly stopReason: PowerStopReason;
  /** Share of the coordinates of x on a bound, in [0, 1]. */
  readonly activeShare: number;
}

/** The safeguard halves a step at most so often: to a thousandth of the way to the vertex. */
const MOST_HALVINGS = 10;

/**
 * Maximises f over a box from `start` by the generalised power method:
 *
 *     v_k = argmax_{v ∈ box} ∇f(y_k)·v, that is u_i where ∂f/∂y_i > 0 and l_i where it is < 0;
 *     y_{k+1} = v_k.
 *
 * One gradient a step and no memory. Where f is convex between y_k and v_k ≠ y_k the step ascends:
 * f(v_k) ≥ f(y_k) + ∇f(y_k)·(v_k − y_k) > f(y_k), for each coordinate i that moves adds
 * |∂f/∂y_i| |v_i − y_i| > 0. A box has finitely many vertices and no value comes twice, so on a convex
 * f it ends at a fixed point.
 *
 * Source: Journée, Nesterov, Richtárik & Sepulchre 2010, JMLR 11, algorithm 1, on a box. It is
 * Frank–Wolfe with unit steps, and the iterated sign attack of adversarial training. Deviations:
 *
 * 1. Safeguard: a step that does not rise is shortened to y_k + a (v_k − y_k), a > 0, by the parabola
 *    through f(y_k), its slope and f(v_k), until f rises. So concave stretches and maxima inside the
 *    box are met as Frank–Wolfe meets them, and no cycle is possible.
 * 2. A coordinate without slope stays where it is.
 *
 * @example A convex function has its maximum at a vertex
 * ```ts
 * import { maximizeByPower } from "./power_method.ts";
 * import assert from "node:assert/strict";
 *
 * // f(y) = y₀² + y₁² + y₀: the highest vertex of [−1, 1]² has y₀ = 1.
 * const bowl = {
 *   dimension: 2,
 *   evaluate: ([a, b]: Float64Array) =>
 *     Promise.resolve({ value: a! ** 2 + b! ** 2 + a!, gradient: Float64Array.of(2 * a! + 1, 2 * b!) }),
 * };
 * const box = { lower: Float64Array.of(-1, -1), upper: Float64Array.of(1, 1) };
 * const { x, value, stopReason } = await maximizeByPower(bowl, Float64Array.of(0.1, -0.1), box);
 * assert.deepEqual([...x], [1, -1]);
 * assert.equal(value, 3);
 * assert.equal(stopReason, "fixed-point");
 * ```
 *
 * @param objective f and ∇f; evaluated inside the box only.
 * @param start Shape [n]; it is first clipped into the box, and left unchanged.
 * @param box Finite bounds.
 * @throws {TypeError} If `start`, `box` or a gradient has not the objective's dimension.
 * @throws {RangeError} If n = 0, a bound is infinite or above the other, or an option is out of range.
 */
export async function maximizeByPower(
  objective: Objective,
  start: Float64Array,
  box: Box,
  options: PowerOptions = {},
): Promise<PowerMaximum> {
  const { maxEvaluations = 50, riseTolerance = 0, window = 3, onIteration, onState, from } =
    options;
  assertProblem(objective, start, box);
  assertOptions({ maxEvaluations, riseTolerance, window });
  const search = objective.vertexSearch?.(box) ?? hostSearch(objective, box);
  const first = from
    ? await search.resume({ y: from.x, gradient: from.gradient, value: from.counts[0]! })
    : await search.begin(clipIntoBox(start, box));
  let { value, gap } = first;
  let iterations = from?.counts[1] ?? 0;
  let evaluations = from?.counts[2] ?? 1;
  const baseline = options.baseline ?? from?.counts[3] ?? value;
  /** f before each of the last steps. */
  const recent = [...from?.recent ?? []];
  const ended = async (stopReason: PowerStopReason): Promise<PowerMaximum> => {
    const { y: x, activeShare } = await search.end();
    return { x, value, gap, iterations, evaluations, stopReason, activeShare };
  };
  if (!from) {
    if (!Number.isFinite(value) || !first.isFinite) return await ended("value-not-finite");
    onIteration?.({ iteration: 0, value, evaluations });
  }
  for (;;) {
    if (!(gap > 0)) return await ended("fixed-point");
    if (evaluations >= maxEvaluations) return await ended("max-evaluations");
    /** `window` rises of so much do not exceed the tolerance. */
    const negligible = riseTolerance * (value - baseline) / window;
    let found: SearchPoint | undefined;
    let share = 1;
    for (let halving = 0; halving <= MOST_HALVINGS && !found; halving++) {
      if (evaluations >= maxEvaluations) return await ended("max-evaluations");
      const tried = await search.attempt(share);
      evaluations++;
      if (tried.value > value && tried.isFinite) {
        found = tried;
      } else {
        share *= shortening(share * gap, tried.value - value);
        if (share * gap <= negligible) return await ended("rise-small");
      }
    }
    if (!found) return await ended("no-rise");
    await search.accept();
    recent.push(value);
    if (recent.length > window) recent.shift();
    ({ value, gap } = found);
    iterations++;
    onIteration?.({ iteration: iterations, value, evaluations });
    const gained = value - recent[0]!;
    if (recent.length === window && gained <= riseTolerance * (value - baseline)) {
      return await ended("rise-small");
    }
    await onState?.(async () => {
      const { y: x, gradient } = await search.vectors();
      return {
        counts: Float64Array.of(value, iterations, evaluations, baseline),
        recent: Float64Array.from(recent),
        x,
        gradient,
      };
    });
  }
}

/**
 * The factor by which to shorten a step that did not raise f: to the top of the parabola, but to no
 * less than a tenth and no more than a half.
 *
 * @param slope Of f at the begin of the step, > 0.
 * @param change Of f over the step, ≤ 0.
 */
function shortening(slope: number, change: number): number {
  const top = slope / (2 * (slope - change));
  return Number.isFinite(top) ? Math.min(0.5, Math.max(0.1, top)) : 0.1;
}

function assertProblem({ dimension }: Objective, start: Float64Array, box: Box): void {
  if (start.length !== dimension) {
    throw new TypeError(
      `Cannot maximise on ${dimension} variables from a start of length ${start.length}; give one entry per variable`,
    );
  }
  if (dimension === 0) throw new RangeError("Cannot maximise over no variables; give one at least");
  assertBox(box, dimension);
  for (const [name, bounds] of Object.entries(box) as [string, Float64Array][]) {
    const bad = indexOfNonFinite(bounds);
    if (bad < 0) continue;
    throw new RangeError(
      `Cannot maximise over a box without a vertex: ${name} bound ${bad} is ${bounds[bad]}; ` +
        "give finite bounds",
    );
  }
}

function assertOptions(
  { maxEvaluations, riseTolerance, window }: Required<
    Pick<PowerOptions, "maxEvaluations" | "riseTolerance" | "window">
  >,
): void {
  for (const [name, value] of Object.entries({ maxEvaluations, window })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(`Cannot use ${name} ${value}; give a whole number from 1`);
  }
  if (!(riseTolerance >= 0 && riseTolerance < 1)) {
    throw new RangeError(`Cannot use riseTolerance ${riseTolerance}; give a share from 0 to 1`);
  }
}

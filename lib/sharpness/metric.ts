import type { SubspaceBasis } from "../linalg/basis.ts";
import { minimizeInBox } from "../optim/lbfgsb.ts";
import type { Box, Objective } from "../optim/objective.ts";
import type { StopReason } from "../optim/stop_reason.ts";
import { stream } from "../random/stream.ts";
import { sharpnessBox } from "./box.ts";
import { type MaximiserStart, type ProtocolName, protocolOf } from "./protocol.ts";
import {
  pseudoInverse,
  randomSubspace,
  type SubspaceDistribution,
  subspaceOf,
} from "./subspace.ts";

/** How {@link sharpness} measures. */
export interface SharpnessOptions {
  /** ε of the box C_ε, dimensionless. */
  readonly epsilon: number;
  /** A: random columns, or the caller's own; absent for the full space, A = I. */
  readonly subspace?:
    | {
      readonly dimension: number;
      readonly distribution: SubspaceDistribution;
      readonly seed: number;
    }
    | { readonly basis: readonly Float64Array[] | SubspaceBasis };
  /** Starts and budget by name, default `paper`. */
  readonly protocol?: ProtocolName;
  /** One start instead of the protocol's. */
  readonly start?: MaximiserStart;
  /** Iterations from each start instead of the protocol's. */
  readonly maxIterations?: number;
  /** Random starts of either kind in the protocol `robust`, default 2. */
  readonly restarts?: number;
  /** Seed of the random starts, default 0. */
  readonly seed?: number;
  /** Called at each start and after each iteration. */
  readonly onIteration?: (point: CurvePoint) => void;
}

/** φ as far as the maximiser had come. */
export interface CurvePoint {
  /** 0 is the start itself. */
  readonly iteration: number;
  /** Evaluations of f and ∇f so far. */
  readonly evaluations: number;
  /** φ at the present point, in percent. */
  readonly percent: number;
}

/** One run of the maximiser. */
export interface MaximiserRun {
  readonly start: MaximiserStart;
  /** φ at the largest loss met in this run, in percent. */
  readonly percent: number;
  readonly iterations: number;
  readonly evaluations: number;
  readonly stopReason: StopReason;
  /** Share of the coordinates of y that end on a bound of the box, in [0, 1]. */
  readonly activeShare: number;
  readonly curve: readonly CurvePoint[];
}

/** Metric 2.1 at a point, and how the number came about. */
export interface Sharpness extends MaximiserRun {
  /** f(x). */
  readonly lossAtMinimiser: number;
  /** Largest finite f(x + Ay) among all points evaluated, x itself included. */
  readonly largestLoss: number;
  /** Whether any point with a larger loss than f(x) was found; if not, φ = 0 says nothing. */
  readonly moved: boolean;
  readonly protocol: ProtocolName;
  readonly maxIterations: number;
  /** What a reader of the number should know. */
  readonly warnings: readonly string[];
  /** All runs, the best one first described by the fields above. */
  readonly restarts: readonly MaximiserRun[];
}

/**
 * Metric 2.1, the (C_ε, A)-sharpness of f at x, in percent:
 *
 *     φ = 100 · (max_{y ∈ C_ε} f(x + Ay) − f(x)) / (1 + f(x)),
 *     C_ε = { y ∈ Rᵖ : |y_i| ≤ ε (|(A⁺x)_i| + 1) }.
 *
 * The maximum is sought by L-BFGS-B with tolerances 0, and what is reported is the largest loss
 * among all points evaluated, so φ ≥ 0 is a lower bound of the exact value. It depends on the start
 * and the budget, which are therefore part of the result. It is not invariant under rescalings of
 * the parameters that leave f unchanged (Dinh et al. 2017).
 *
 * Source: Keskar et al. 2017, §2.2.1, metric 2.1 and eq. (3)–(4).
 *
 * @example A linear function has its maximum at a vertex of the box
 * ```ts
 * import { sharpness } from "./metric.ts";
 * import assert from "node:assert/strict";
 *
 * const slope = Float64Array.of(1, -2, 3);
 * const x = Float64Array.of(0, 1, -4);
 * const linear = {
 *   dimension: 3,
 *   evaluate: (y: Float64Array) =>
 *     Promise.resolve({
 *       value: 0.5 + slope.reduce((sum, g, i) => sum + g * (y[i]! - x[i]!), 0),
 *       gradient: slope.slice(),
 *     }),
 * };
 * const { percent } = await sharpness(linear, x, { epsilon: 1e-3 });
 * // 100 Σ |g_i| ε (|x_i| + 1) / (1 + f(x))
 * assert.ok(Math.abs(percent - 100 * 1e-3 * (1 + 4 + 15) / 1.5) < 1e-9);
 * ```
 *
 * @param objective f and ∇f; of a network, over the whole training set.
 * @param x The minimiser, length n; left unchanged.
 * @throws {TypeError} If x or the basis has not the objective's dimension.
 * @throws {RangeError} If ε is not positive, f(x) is not finite, or A's columns are dependent.
 */
export async function sharpness(
  objective: Objective,
  x: Float64Array,
  options: SharpnessOptions,
): Promise<Sharpness> {
  const { epsilon, protocol = "paper", restarts = 2, seed = 0, onIteration } = options;
  if (x.length !== objective.dimension) {
    throw new TypeError(
      `Cannot measure the sharpness at a point of ${x.length} coordinates; ` +
        `the objective has ${objective.dimension}`,
    );
  }
  const basis = basisOf(options, x.length);
  const box = sharpnessBox(basis ? pseudoInverse(basis, x) : x, epsilon);
  const { value: lossAtMinimiser, gradient } = await objective.evaluate(x);
  if (!Number.isFinite(lossAtMinimiser)) {
    throw new RangeError(`Cannot measure the sharpness where f(x) = ${lossAtMinimiser}`);
  }
  const percentOf = (loss: number) => 100 * (loss - lossAtMinimiser) / (1 + lossAtMinimiser);
  const loss = negatedLoss(objective, x, basis);
  const slope = basis ? basis.restrict(gradient) : gradient;
  const plan = protocolOf(protocol, { inSubspace: basis !== undefined, restarts });
  const starts = options.start ? [options.start] : plan.starts;
  const maxIterations = options.maxIterations ?? plan.maxIterations;
  const runs: MaximiserRun[] = [];
  let evaluations = 1; // f(x) itself
  let largestLoss = lossAtMinimiser;
  let notFinite = 0;
  for (const [k, start] of starts.entries()) {
    const before = evaluations;
    let largest = lossAtMinimiser;
    const counted: Objective = {
      dimension: loss.dimension,
      async evaluate(y) {
        const result = await loss.evaluate(y);
        evaluations++;
        if (Number.isFinite(result.value)) largest = Math.max(largest, -result.value);
        else notFinite++;
        return result;
      },
    };
    const curve: CurvePoint[] = [];
    const y0 = startingPoint(start, box, slope, seed, k);
    const result = await minimizeInBox(counted, y0, box, {
      maxIterations,
      gradientTolerance: 0,
      decreaseTolerance: 0,
      onIteration({ iteration, value }) {
        const point = { iteration, evaluations, percent: percentOf(-value) };
        curve.push(point);
        onIteration?.(point);
      },
    });
    largestLoss = Math.max(largestLoss, largest);
    runs.push({
      start,
      percent: percentOf(largest),
      iterations: result.iterations,
      evaluations: evaluations - before,
      stopReason: result.stopReason,
      activeShare: result.activeShare,
      curve,
    });
  }
  const best = runs.reduce((a, b) => (b.percent > a.percent ? b : a));
  const moved = largestLoss > lossAtMinimiser;
  return {
    ...best,
    evaluations,
    lossAtMinimiser,
    largestLoss,
    moved,
    protocol,
    maxIterations,
    warnings: warningsOf(moved, notFinite),
    restarts: runs,
  };
}

function warningsOf(moved: boolean, notFinite: number): string[] {
  const warnings: string[] = [];
  if (!moved) {
    warnings.push("the maximiser found no point with a larger loss: sharpness 0 is not a finding");
  }
  if (notFinite > 0) warnings.push(`the loss was not finite at ${notFinite} points of the box`);
  return warnings;
}

/** y ↦ −f(x + Ay), which is to be minimised, with gradient −Aᵀ∇f. */
function negatedLoss(
  objective: Objective,
  x: Float64Array,
  basis: SubspaceBasis | undefined,
): Objective {
  return {
    dimension: basis?.dimension ?? x.length,
    async evaluate(y) {
      const point = basis ? basis.expand(y) : y.slice();
      for (let i = 0; i < point.length; i++) point[i]! += x[i]!;
      const { value, gradient } = await objective.evaluate(point);
      const slope = basis ? basis.restrict(gradient) : gradient;
      for (let i = 0; i < slope.length; i++) slope[i] = -slope[i]!;
      return { value: -value, gradient: slope };
    },
  };
}

function basisOf({ subspace }: SharpnessOptions, n: number): SubspaceBasis | undefined {
  if (!subspace) return undefined;
  if (!("basis" in subspace)) return randomSubspace({ ambient: n, ...subspace });
  const { basis } = subspace;
  const given = "expand" in basis ? basis : subspaceOf(basis);
  if (given.ambient !== n) {
    throw new TypeError(`Cannot use a basis of R^${given.ambient} at a point of R^${n}`);
  }
  return given;
}

/** y₀ for the k-th run. A zero slope leaves its coordinate in the middle. */
function startingPoint(
  start: MaximiserStart,
  { upper }: Box,
  slope: Float64Array,
  seed: number,
  k: number,
): Float64Array {
  if (start === "origin") return new Float64Array(upper.length);
  if (start === "vertex") return upper.map((half, i) => half * Math.sign(slope[i]!));
  const y = new Float64Array(upper.length);
  stream(seed, "maximiser start", k).fillUniform(y, 0);
  return y.map((u, i) => upper[i]! * (start === "corner" ? (u < 0.5 ? -1 : 1) : 2 * u - 1));
}

import type { Objective } from "../optim/objective.ts";
import { type BallWorstCase, searchBall } from "./ball_search.ts";
import { displaced } from "./displaced.ts";
import { assertDimension, assertFinite } from "./loss_at.ts";
import { assertCount, assertPositive } from "./option_checks.ts";
import type { ClimbOptions } from "./worst_case.ts";

/** How {@link ballSharpness} measures. */
export interface BallSharpnessOptions extends ClimbOptions {
  /** ρ, the radius of the ball, in units of the parameters. */
  readonly rho: number;
}

/**
 * ℓ₂-ball sharpness: the largest rise of f within a distance ρ of x,
 *
 *     max_{‖y‖₂ ≤ ρ} f(x + y) − f(x).
 *
 * At a minimum of a quadratic it is ½ρ²λ_max exactly. So for small ρ it is the top eigenvalue of
 * the Hessian in units of loss, and 2·rise/ρ² may be held against `lanczos`. The maximiser is
 * L-BFGS-B with tolerances 0 in coordinates of the ball, y = ρ sin(‖z‖) z/‖z‖. What is reported is
 * the largest loss among all points evaluated, a lower bound of the exact one.
 *
 * - Source: the neighbourhood of Dinh et al. 2017, "Sharp minima can generalize for deep nets",
 *   and of Foret et al. 2021, "Sharpness-aware minimization for efficiently improving generalization".
 * - Cost: 1 + (1 + `restarts`) · 1 to 2 · `maxIterations` evaluations of f and ∇f.
 * - Choose ρ by the length of steps that matter: 0.05 is SAM's, ‖x‖/1000 follows the weights' size.
 *   Compare points at one ρ only, and look at `stopReason`: at `max-iterations` a larger budget may
 *   find more.
 * - It does not tell flat from rescaled: ReLU layers can be rescaled so that f stays and ½ρ²λ_max is
 *   whatever one likes; see `rescaleLayer` and {@link adaptiveSharpness}. One direction decides it,
 *   so it says nothing of how many directions are sharp.
 *
 * @example A bowl rises most along its steepest axis
 * ```ts
 * import { ballSharpness } from "./ball_sharpness.ts";
 * import assert from "node:assert/strict";
 *
 * const curvature = [8, 2, 1];
 * const bowl = {
 *   dimension: 3,
 *   evaluate: (x: Float64Array) =>
 *     Promise.resolve({
 *       value: x.reduce((sum, xi, i) => sum + 0.5 * curvature[i]! * xi * xi, 0),
 *       gradient: x.map((xi, i) => curvature[i]! * xi),
 *     }),
 * };
 * const { rise } = await ballSharpness(bowl, new Float64Array(3), { rho: 0.1 });
 * assert.ok(Math.abs(rise - 0.5 * 0.1 ** 2 * 8) < 1e-9);
 * ```
 *
 * @param x The minimiser, shape [n]; left unchanged.
 * @throws {TypeError} If x has not the objective's dimension.
 * @throws {RangeError} If an option is out of range, or f(x) is not finite.
 */
export async function ballSharpness(
  objective: Objective,
  x: Float64Array,
  { rho, maxIterations = 20, restarts = 1, seed = 0, onIteration }: BallSharpnessOptions,
): Promise<BallWorstCase> {
  const measure = "ball sharpness";
  assertPositive(measure, "rho", rho);
  assertCount(measure, "maxIterations", maxIterations);
  assertCount(measure, "restarts", restarts, 0);
  assertDimension(objective, x, measure);
  const { value, gradient } = await objective.evaluate(x);
  const slope = gradient.slice();
  return await searchBall(displaced(objective, x), assertFinite(value, measure), slope, {
    radius: rho,
    maxIterations,
    restarts,
    seed,
    onIteration,
  });
}

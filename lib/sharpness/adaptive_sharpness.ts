import type { Objective } from "../optim/objective.ts";
import { searchBall } from "./ball_search.ts";
import { displaced } from "./displaced.ts";
import { assertDimension, assertFinite } from "./loss_at.ts";
import { assertCount, assertPositive } from "./option_checks.ts";
import { startingPoint } from "./starting_point.ts";
import { type ClimbOptions, type WorstCase, worstCase } from "./worst_case.ts";

/** How {@link adaptiveSharpness} measures. */
export interface AdaptiveSharpnessOptions extends ClimbOptions {
  /** ρ, the relative size of the neighbourhood, dimensionless. */
  readonly rho: number;
  /**
   * Its shape: `box` is |y_i| ≤ ρ t_i, each weight by its own share (p = ∞ of the source), the
   * default; `ellipsoid` is Σ (y_i/t_i)² ≤ ρ² (p = 2).
   */
  readonly neighbourhood?: "box" | "ellipsoid";
  /**
   * η in t_i = |x_i| + η, default 0: then a zero weight cannot move, and the measure is invariant.
   * ASAM trains with 0.01, which is not.
   */
  readonly eta?: number;
}

/**
 * Adaptive sharpness, worst case: the largest rise of f when weights move in proportion to their
 * size,
 *
 *     max_{‖T⁻¹y‖_p ≤ ρ} f(x + y) − f(x),   T = diag(|x_i| + η),   p = ∞ or 2.
 *
 * With η = 0 it is invariant under every rescaling of single weights that leaves f unchanged, that
 * of ReLU layers among them. The search runs in the coordinates z = T⁻¹y, in which the rescaled
 * function is the same one. So even the maximiser's iterates agree, up to rounding. At a minimum of
 * a quadratic with a diagonal H, the box gives ½ρ² Σ t_i² max(λ_i, 0), the ellipsoid ½ρ²
 * max(λ_max(THT), 0).
 *
 * - Source: Kwon et al. 2021, "ASAM: adaptive sharpness-aware minimization"; Andriushchenko et
 *   al. 2023, "A modern look at the relationship between sharpness and generalization", compare
 *   networks by it.
 * - Cost: 1 + (1 + `restarts`) · 1 to 2 · `maxIterations` evaluations of f and ∇f.
 * - Choose ρ of the box like a relative precision: 1e-3 is three digits. That of the ellipsoid
 *   counts all weights together: ρ = ε√n gives it the box's reach in a typical direction; ASAM
 *   trains with 0.5 to 2.
 * - It does not tell sharpness from scale at zero weights, which it never moves. Nor does it remove
 *   the scale of the logits: a confident network has a small loss, and looks flat by any measure of
 *   loss. Across trained networks it is a weak guide to generalisation (Andriushchenko et al.
 *   2023).
 *
 * @example Only the product of two weights matters, not how it is divided
 * ```ts
 * import { adaptiveSharpness } from "./adaptive_sharpness.ts";
 * import assert from "node:assert/strict";
 *
 * const product = {
 *   dimension: 2,
 *   evaluate: ([v, w]: Float64Array) =>
 *     Promise.resolve({
 *       value: 0.5 * (v! * w! - 1) ** 2,
 *       gradient: Float64Array.of((v! * w! - 1) * w!, (v! * w! - 1) * v!),
 *     }),
 * };
 * for (const scale of [1, 1024]) {
 *   const x = Float64Array.of(scale, 1 / scale);
 *   const { rise } = await adaptiveSharpness(product, x, { rho: 1e-3, restarts: 8 });
 *   assert.ok(Math.abs(rise - 0.5 * (1.001 ** 2 - 1) ** 2) < 1e-15);
 * }
 * ```
 *
 * @param x The minimiser, shape [n]; left unchanged.
 * @throws {TypeError} If x has not the objective's dimension.
 * @throws {RangeError} If an option is out of range, or f(x) is not finite.
 */
export async function adaptiveSharpness(
  objective: Objective,
  x: Float64Array,
  options: AdaptiveSharpnessOptions,
): Promise<WorstCase> {
  const { rho, neighbourhood = "box", eta = 0, onIteration } = options;
  const { maxIterations = 20, restarts = 1, seed = 0 } = options;
  const measure = "adaptive sharpness";
  assertPositive(measure, "rho", rho);
  if (eta !== 0) assertPositive(measure, "eta", eta);
  assertCount(measure, "maxIterations", maxIterations);
  assertCount(measure, "restarts", restarts, 0);
  assertDimension(objective, x, measure);
  const { value, gradient } = await objective.evaluate(x);
  const lossAtMinimiser = assertFinite(value, measure);
  const scale = x.map((xi) => Math.abs(xi) + eta);
  const slope = gradient.map((g, i) => scale[i]! * g);
  const loss = displaced(objective, x, scale);
  const budget = { maxIterations, restarts, onIteration };
  if (neighbourhood === "ellipsoid") {
    return await searchBall(loss, lossAtMinimiser, slope, { radius: rho, seed, ...budget });
  }
  const upper = new Float64Array(x.length).fill(rho);
  const box = { lower: upper.map((half) => -half), upper };
  return await worstCase(
    {
      loss,
      box,
      slope,
      start: (kind, repeat) =>
        startingPoint(kind === "linearised" ? "vertex" : "random", box, slope, seed, repeat),
    },
    lossAtMinimiser,
    budget,
  );
}

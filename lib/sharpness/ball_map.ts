import { dot } from "../linalg/vector.ts";
import type { Objective } from "../optim/objective.ts";

/**
 * The map Rⁿ → ball of radius ρ, z ↦ ρ sin(r) z/r with r = ‖z‖: smooth and onto. Its boundary is r
 * = π/2, so a maximum over the ball becomes one without constraints.
 *
 * With ẑ = z/r the gradient of z ↦ g(y(z)) is ρ (sin(r)/r (∇g − ẑẑᵀ∇g) + cos(r) ẑẑᵀ∇g). On the
 * boundary the radial part vanishes whatever the sign of ẑᵀ∇g: a start there sees only the sphere.
 */
export interface BallMap extends Objective {
  /** sin r: the length of y(z) as a share of ρ, in [−1, 1]. */
  radiusShare(z: Float64Array): number;
}

/**
 * An objective seen through the {@link BallMap}.
 *
 * @param objective y ↦ g(y); its gradient is overwritten.
 * @param radius ρ.
 *
 * @example The whole plane is mapped into the ball
 * ```ts
 * import { overBall } from "./ball_map.ts";
 * import assert from "node:assert/strict";
 *
 * const first = {
 *   dimension: 2,
 *   evaluate: (y: Float64Array) =>
 *     Promise.resolve({ value: y[0]!, gradient: Float64Array.of(1, 0) }),
 * };
 * const mapped = overBall(first, 3);
 * assert.equal((await mapped.evaluate(Float64Array.of(Math.PI / 2, 0))).value, 3);
 * assert.deepEqual([...(await mapped.evaluate(new Float64Array(2))).gradient], [3, 0]);
 * ```
 */
export function overBall(objective: Objective, radius: number): BallMap {
  return {
    dimension: objective.dimension,
    radiusShare: (z) => Math.sin(Math.sqrt(dot(z, z))),
    async evaluate(z) {
      const r = Math.sqrt(dot(z, z));
      const tangential = radius * (r > 0 ? Math.sin(r) / r : 1);
      const { value, gradient } = await objective.evaluate(z.map((zi) => tangential * zi));
      const along = r > 0 ? (radius * Math.cos(r) - tangential) * (dot(z, gradient) / (r * r)) : 0;
      return { value, gradient: z.map((zi, i) => tangential * gradient[i]! + along * zi) };
    },
  };
}

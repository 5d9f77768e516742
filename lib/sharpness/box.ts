import type { Box } from "../optim/objective.ts";

/**
 * The box C_ε in which Metric 2.1 looks for the largest loss: |z_i| ≤ ε (|x_i| + 1).
 *
 * Large weights may move further than small ones, and a zero weight may still move by ε.
 *
 * Source: Keskar et al. 2017, eq. (3). In a subspace, pass A⁺x for x.
 *
 * @example Half-widths grow with the weight
 * ```ts
 * import { sharpnessBox } from "./box.ts";
 * import assert from "node:assert/strict";
 *
 * const { upper } = sharpnessBox(Float64Array.of(0, -3), 0.5);
 * assert.deepEqual([...upper], [0.5, 2]);
 * ```
 *
 * @param x Minimiser, or its subspace coordinates A⁺x. Shape [p].
 * @param epsilon ε, dimensionless. The paper uses 1e-3 and 5e-4.
 * @returns Bounds on the step z, not on x + z. Both of shape [p].
 * @throws {RangeError} If `epsilon` is not a positive finite number.
 */
export function sharpnessBox(x: Float64Array, epsilon: number): Box {
  if (!(epsilon > 0 && Number.isFinite(epsilon))) {
    throw new RangeError(
      `Cannot build the sharpness box with epsilon = ${epsilon}; want a positive finite number`,
    );
  }
  const lower = new Float64Array(x.length);
  const upper = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    upper[i] = epsilon * (Math.abs(x[i]!) + 1);
    lower[i] = -upper[i]!;
  }
  return { lower, upper };
}

/** The paper's two paths through a pair of minima (its figures 3 and 7). */
export type PathKind = "linear" | "curvilinear";

/** The paper's grid: 25 points with α = 0 and α = 1 among them. */
export const PAPER_ALPHAS: readonly number[] = Array.from({ length: 25 }, (_, i) => -1 + i / 8);

/**
 * A point on a path from `start` at α = 0 to `end` at α = 1.
 *
 * Linear: (1 − α) x_s + α x_l, a straight line. Curvilinear: cos(απ/2) x_s + sin(απ/2) x_l, a
 * quarter of an ellipse about the origin, which goes on to −x_l at α = −1 and −x_s at α = 2.
 *
 * Source: Keskar et al. 2017, figure 3 (after Goodfellow et al. 2015) and appendix D.
 *
 * @param start x_s, length n; in the paper the small-batch minimum.
 * @param end x_l, length n.
 *
 * @example
 * ```ts
 * import { pathPoint } from "./path.ts";
 * import assert from "node:assert/strict";
 *
 * const [start, end] = [Float64Array.of(1, 0), Float64Array.of(0, 1)];
 * assert.deepEqual(pathPoint("linear", start, end, 0.25), Float64Array.of(0.75, 0.25));
 * // On the curve, orthogonal ends of equal norm are joined by a circle.
 * assert.ok(Math.abs(Math.hypot(...pathPoint("curvilinear", start, end, 0.3)) - 1) < 1e-15);
 * ```
 *
 * @throws {TypeError} If the ends have different lengths.
 */
export function pathPoint(
  kind: PathKind,
  start: Float64Array,
  end: Float64Array,
  alpha: number,
): Float64Array {
  if (start.length !== end.length) {
    throw new TypeError(
      `Cannot go from a point of ${start.length} entries to one of ${end.length}; ` +
        "give two points of one network",
    );
  }
  const [ofStart, ofEnd] = weights(kind, alpha);
  return start.map((xi, i) => ofStart * xi + ofEnd * end[i]!);
}

/** The coefficients of x_s and x_l; exact at the ends, so that the minima are on the path. */
function weights(kind: PathKind, alpha: number): [number, number] {
  if (kind === "linear") return [1 - alpha, alpha];
  return [quarterCosine(alpha), quarterCosine(alpha - 1)];
}

/** cos(απ/2), exactly 0 and ±1 at whole α. */
function quarterCosine(alpha: number): number {
  if (Number.isInteger(alpha)) return [1, 0, -1, 0][((alpha % 4) + 4) % 4]!;
  return Math.cos(alpha * Math.PI / 2);
}

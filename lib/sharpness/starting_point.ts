import type { Box } from "../optim/objective.ts";
import { stream } from "../random/stream.ts";
import type { FirstStart } from "./protocol.ts";

/**
 * y₀ of a start in a box that is symmetric about 0.
 *
 * @param box Of shape [p].
 * @param slope Aᵀ∇f(x), shape [p]; a coordinate of the vertex stays 0 where it is 0 or NaN.
 * @param seed Seed of the random starts.
 * @param repeat Which one of several random starts of a kind.
 */
export function startingPoint(
  start: FirstStart,
  { upper }: Box,
  slope: Float64Array,
  seed: number,
  repeat: number,
): Float64Array {
  const point = new Float64Array(upper.length);
  if (start === "origin") return point;
  if (start === "vertex") {
    for (let i = 0; i < point.length; i++) point[i] = upper[i]! * (Math.sign(slope[i]!) || 0);
    return point;
  }
  const uniforms = new Float64Array(upper.length);
  stream(seed, "maximiser start", start, repeat).fillUniform(uniforms, 0);
  return start === "corner"
    ? upper.map((half, i) => uniforms[i]! < 0.5 ? -half : half)
    : upper.map((half, i) => half * (2 * uniforms[i]! - 1));
}

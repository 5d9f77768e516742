import { type Shape, sizeOf } from "../shape.ts";
import type { Value } from "../value.ts";
import { add } from "./add.ts";
import { constant } from "./constant.ts";
import { mul, scale } from "./mul.ts";
import { rsqrt } from "./rsqrt.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

/** Mean μ and (biased) variance σ² of a tensor along some axes. */
export interface Moments {
  /** μ, over the axes that were named. */
  readonly mean: Value;
  /** σ², biased: divided by the number of entries. */
  readonly variance: Value;
}

/** All axes but the last one: what batch normalisation averages over. */
export function allButLast(shape: Shape): number[] {
  return shape.slice(0, -1).map((_, axis) => axis);
}

/**
 * μ = Σ x/N, σ² = Σ (x − μ)²/N and the centred x − μ, over the N entries along `axes`.
 *
 * @param keepDimensions Whether the axes stay, with extent 1; needed unless they are the first ones.
 */
export function momentsOver(
  x: Value,
  axes: readonly number[],
  keepDimensions = false,
): Moments & { readonly centred: Value } {
  const share = 1 / sizeOf(axes.map((axis) => x.shape[axis]!));
  const mean = scale(sum(x, axes, keepDimensions), share);
  const centred = sub(x, mean);
  return { mean, centred, variance: scale(sum(square(centred), axes, keepDimensions), share) };
}

/** 1/√(σ² + ε). */
export function inverseDeviation(variance: Value, epsilon: number): Value {
  return rsqrt(add(variance, constant(epsilon)));
}

/**
 * γ (x − μ)/√(σ² + ε) + β with moments from elsewhere, such as running averages: an affine map of
 * each channel.
 *
 * @param x Shape [..., C]; γ, β, μ and σ² have the shape [C].
 */
export function normaliseBy(
  x: Value,
  { mean, variance }: Moments,
  gamma: Value,
  beta: Value,
  epsilon: number,
): Value {
  const slope = mul(gamma, inverseDeviation(variance, epsilon));
  return add(mul(x, slope), sub(beta, mul(mean, slope)));
}

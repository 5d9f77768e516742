import { stream } from "../random/stream.ts";
import { stepped } from "./displaced.ts";
import { lossAt, lossAtCentre, type LossFunction } from "./loss_at.ts";
import { assertCount, assertPositive } from "./option_checks.ts";

/** How weights are perturbed: all alike, t_i = 1, or in proportion to their size, t_i = |x_i|. */
export type NoiseScale = "absolute" | "relative";

/** How {@link expectedSharpness} measures. */
export interface ExpectedSharpnessOptions {
  /** σ: in units of the parameters for `absolute` noise, dimensionless for `relative` noise. */
  readonly sigma: number;
  /** Pairs ±u of perturbations, each two evaluations of f; default 10. */
  readonly pairs?: number;
  /** Seed of the perturbations, default 0: the same seed, the same u at every σ and x. */
  readonly seed?: number;
  /** Default `absolute`. */
  readonly noise?: NoiseScale;
  /** Called after each pair. */
  readonly onPair?: (done: number, total: number) => void;
}

/** A mean rise of the loss with its spread. */
export interface ExpectedRise {
  /** Mean rise of f; Infinity where f was not finite at one of the points. */
  readonly rise: number;
  /** Sample standard deviation over the pairs / √pairs; NaN for one pair or an infinite rise. */
  readonly standardError: number;
  /** Pairs evaluated in full. */
  readonly pairs: number;
}

/** {@link ExpectedRise} at a point, and what it cost. */
export interface ExpectedSharpness extends ExpectedRise {
  /** σ of the noise. */
  readonly sigma: number;
  /** Whether σ is absolute or relative to each weight. */
  readonly noise: NoiseScale;
  /** 100 · rise / (1 + f(x)), the normalisation of Metric 2.1. */
  readonly percent: number;
  /** f(x). */
  readonly lossAtMinimiser: number;
  /** Evaluations of f, that at x included. */
  readonly evaluations: number;
  /** All pairs were evaluated, or f was not finite at a point, and the mean is Infinity. */
  readonly stopReason: "all-pairs" | "value-not-finite";
}

/**
 * Expected sharpness: the mean rise of f under Gaussian noise of the weights,
 *
 *     E f(x + σ t ∘ u) − f(x),   u ~ N(0, I),   t = 1 or |x|,
 *
 * over antithetic pairs ±u: the linear term of f cancels in each pair, which matters where the gradient
 * at x is not quite 0, and the estimate stays unbiased. For a quadratic it is ½σ² tr(THT).
 *
 * - Source: Neyshabur et al. 2017, "Exploring generalization in deep learning"; with `relative`
 *   noise the average-case adaptive sharpness of Andriushchenko et al. 2023.
 * - Cost: 1 + 2 · `pairs` evaluations of f, without gradients where the objective can leave them out.
 * - Choose σ so that the rise is of interest, or let `pacBayesSigma` find it: 1e-3 to 1e-1 are usual.
 *   Ten pairs suffice in millions of dimensions, where every u looks alike; `standardError` tells.
 * - It does not tell about the worst direction: a few steep ones hardly move the mean. With absolute
 *   noise it depends on the scale of the weights like any plain sharpness; with relative noise it is
 *   invariant under rescalings that leave f unchanged.
 *
 * @example Of a diagonal bowl it is half of σ² times the trace
 * ```ts
 * import { expectedSharpness } from "./expected_sharpness.ts";
 * import assert from "node:assert/strict";
 *
 * const bowl = {
 *   dimension: 3,
 *   evaluate: (x: Float64Array) =>
 *     Promise.resolve({
 *       value: x.reduce((sum, xi) => sum + 0.5 * 4 * xi * xi, 0),
 *       gradient: x.map((xi) => 4 * xi),
 *     }),
 * };
 * const { rise, standardError } = await expectedSharpness(bowl, new Float64Array(3), {
 *   sigma: 0.1,
 *   pairs: 400,
 * });
 * assert.ok(Math.abs(rise - 0.5 * 0.1 ** 2 * 12) < 3 * standardError && standardError < 0.003);
 * ```
 *
 * @param x The minimiser, shape [n]; left unchanged.
 * @throws {TypeError} If x has not the objective's dimension.
 * @throws {RangeError} If an option is out of range, or f(x) is not finite.
 */
export async function expectedSharpness(
  objective: LossFunction,
  x: Float64Array,
  { sigma, pairs = 10, seed = 0, noise = "absolute", onPair }: ExpectedSharpnessOptions,
): Promise<ExpectedSharpness> {
  const measure = "expected sharpness";
  assertPositive(measure, "sigma", sigma);
  assertCount(measure, "pairs", pairs);
  const lossAtMinimiser = await lossAtCentre(objective, x, measure);
  const { evaluations, ...mean } = await meanRise(objective, x, lossAtMinimiser, {
    sigma,
    pairs,
    seed,
    noise,
    onPair,
  });
  return {
    ...mean,
    sigma,
    noise,
    percent: 100 * mean.rise / (1 + lossAtMinimiser),
    lossAtMinimiser,
    evaluations: 1 + evaluations,
    stopReason: mean.rise < Infinity ? "all-pairs" : "value-not-finite",
  };
}

/**
 * The mean rise over pairs ±u, which are functions of seed and number alone: common random numbers at
 * all σ. It ends at the first loss that is not finite.
 *
 * @param lossAtMinimiser f(x).
 */
export async function meanRise(
  objective: LossFunction,
  x: Float64Array,
  lossAtMinimiser: number,
  { sigma, pairs, seed, noise, onPair }: {
    readonly sigma: number;
    readonly pairs: number;
    readonly seed: number;
    readonly noise: NoiseScale;
    readonly onPair?: ((done: number, total: number) => void) | undefined;
  },
): Promise<ExpectedRise & { readonly evaluations: number }> {
  const scale = noise === "relative" ? x.map(Math.abs) : undefined;
  const u = new Float64Array(x.length);
  const rises: number[] = [];
  let evaluations = 0;
  for (let k = 0; k < pairs; k++) {
    stream(seed, "perturbation", k).fillNormal(u, 0);
    let pair = -lossAtMinimiser;
    for (const sign of [1, -1]) {
      pair += 0.5 * await lossAt(objective, stepped(x, u, sign * sigma, scale));
      evaluations++;
      if (Number.isFinite(pair)) continue;
      return { rise: Infinity, standardError: NaN, pairs: k, evaluations };
    }
    rises.push(pair);
    onPair?.(k + 1, pairs);
  }
  const rise = rises.reduce((sum, pair) => sum + pair, 0) / pairs;
  const squares = rises.reduce((sum, pair) => sum + (pair - rise) ** 2, 0);
  return { rise, standardError: Math.sqrt(squares / (pairs - 1) / pairs), pairs, evaluations };
}

import { type ExpectedRise, meanRise, type NoiseScale } from "./expected_sharpness.ts";
import { lossAtCentre, type LossFunction } from "./loss_at.ts";
import { assertCount, assertPositive } from "./option_checks.ts";

/** How {@link pacBayesSigma} measures. */
export interface PacBayesSigmaOptions {
  /** The mean rise of f that is allowed, in units of f; default 0.1. */
  readonly allowedRise?: number;
  /** Pairs ±u of perturbations at each σ; default 10. */
  readonly pairs?: number;
  /** Seed of the perturbations, which are the same at every σ; default 0. */
  readonly seed?: number;
  /** Default `absolute`. */
  readonly noise?: NoiseScale;
  /** Where the search begins, default 0.01; it decides nothing but the cost. */
  readonly firstSigma?: number;
  /** The bisection ends when the ends differ by this factor, less 1; default 0.02. */
  readonly tolerance?: number;
  /** Most values of σ to try; default 60. */
  readonly maxProbes?: number;
  /** Called after each σ that was tried. */
  readonly onProbe?: (probe: SigmaProbe, count: number) => void;
}

/** The mean rise at one σ. */
export interface SigmaProbe extends ExpectedRise {
  /** σ of the noise. */
  readonly sigma: number;
}

/**
 * Why the search for σ ended.
 *
 * - `bracketed`: σ is known to the tolerance.
 * - `never-rises`: the rise stayed within what is allowed up to the largest σ, 10¹².
 * - `always-rises`: it exceeded it down to the smallest σ, 10⁻¹².
 * - `max-probes`: the budget is spent; the ends of the bracket are farther apart.
 */
export type SigmaStopReason = "bracketed" | "never-rises" | "always-rises" | "max-probes";

/** The largest σ found, and how. */
export interface PacBayesSigma {
  /** The largest σ tried whose rise is allowed; 0 if there was none. */
  readonly sigma: number;
  /** The smallest σ tried whose rise is not allowed; Infinity if there was none. */
  readonly upperSigma: number;
  /** Rise and spread at `sigma`; 0 and 0 at σ = 0. */
  readonly rise: number;
  /** Of the mean rise, by the pairs drawn. */
  readonly standardError: number;
  /** How far the mean loss may rise. */
  readonly allowedRise: number;
  /** Whether σ is absolute or relative to each weight. */
  readonly noise: NoiseScale;
  /** f(x). */
  readonly lossAtMinimiser: number;
  /** Evaluations of f, that at x included. */
  readonly evaluations: number;
  /** Why the search ended. */
  readonly stopReason: SigmaStopReason;
  /** All σ tried, in their order. */
  readonly probes: readonly SigmaProbe[];
}

const SMALLEST = 1e-12;
const LARGEST = 1e12;
/** Factor between σ until the allowed rise is bracketed. */
const STRIDE = 4;

/**
 * PAC-Bayes σ: the largest σ at which Gaussian noise of the weights raises f by no more than a stated
 * amount on average,
 *
 *     max { σ : E f(x + σ t ∘ u) − f(x) ≤ allowedRise },   u ~ N(0, I),   t = 1 or |x|.
 *
 * It is bracketed by steps of 4 and bisected in ln σ, with the same u at all σ (common random
 * numbers). So noise of sampling cannot reverse a comparison. For a quadratic it is √(2 ·
 * allowedRise / tr(THT)). A larger σ is a flatter minimum and a tighter PAC-Bayes bound, whose
 * divergence from a prior N(x₀, σ²I) is ‖x − x₀‖²/(2σ²).
 *
 * - Source: Neyshabur et al. 2017, "Exploring generalization in deep learning"; by bisection
 *   with a stated amount, Dziugaite et al. 2020, "In search of robust measures of generalization",
 *   where the amount is 0.1 of accuracy. Here it is one of f, which is what the noise acts on.
 * - Cost: about (7 + steps to the bracket) · 2 · `pairs` evaluations of f: some 200 by default.
 * - Choose `allowedRise` above the spread of f and below ln(classes); 0.1 nats is usual. Compare points
 *   at one amount and one `pairs`.
 * - It does not tell about the worst direction, and with absolute noise it depends on the weights'
 *   scale; `relative` noise is the magnitude-aware variant, invariant under rescalings that leave f
 *   unchanged. Where the mean rise is not monotone in σ the search finds one of several crossings.
 *
 * @example
 * ```ts
 * import { pacBayesSigma } from "./pac_bayes_sigma.ts";
 * import assert from "node:assert/strict";
 *
 * const bowl = {
 *   dimension: 100,
 *   evaluate: (x: Float64Array) =>
 *     Promise.resolve({
 *       value: x.reduce((sum, xi) => sum + 0.5 * xi * xi, 0),
 *       gradient: x.slice(),
 *     }),
 * };
 * const { sigma, stopReason } = await pacBayesSigma(bowl, new Float64Array(100), { pairs: 50 });
 * assert.equal(stopReason, "bracketed");
 * // Within the tolerance of 2 % and three standard errors of the trace, 3 · √(2/(50 · 100))/2.
 * assert.ok(Math.abs(sigma / Math.sqrt(2 * 0.1 / 100) - 1) < 0.02 + 0.03);
 * ```
 *
 * @param x The minimiser, shape [n]; left unchanged.
 * @throws {TypeError} If x has not the objective's dimension.
 * @throws {RangeError} If an option is out of range, or f(x) is not finite.
 */
export async function pacBayesSigma(
  objective: LossFunction,
  x: Float64Array,
  {
    allowedRise = 0.1,
    pairs = 10,
    seed = 0,
    noise = "absolute",
    firstSigma = 0.01,
    tolerance = 0.02,
    maxProbes = 60,
    onProbe,
  }: PacBayesSigmaOptions = {},
): Promise<PacBayesSigma> {
  const measure = "PAC-Bayes sigma";
  for (const [name, value] of Object.entries({ allowedRise, firstSigma, tolerance })) {
    assertPositive(measure, name, value);
  }
  assertCount(measure, "pairs", pairs);
  assertCount(measure, "maxProbes", maxProbes);
  const lossAtMinimiser = await lossAtCentre(objective, x, measure);
  let evaluations = 1;
  const probes: SigmaProbe[] = [];
  let lower: SigmaProbe = { sigma: 0, rise: 0, standardError: 0, pairs };
  let upper = Infinity;
  let next = Math.min(Math.max(firstSigma, SMALLEST), LARGEST);
  let stopReason: SigmaStopReason | undefined;
  while (!stopReason) {
    const { evaluations: spent, ...mean } = await meanRise(objective, x, lossAtMinimiser, {
      sigma: next,
      pairs,
      seed,
      noise,
    });
    evaluations += spent;
    const probe = { sigma: next, ...mean };
    probes.push(probe);
    onProbe?.(probe, probes.length);
    if (mean.rise <= allowedRise) lower = probe;
    else upper = next;
    if (upper <= lower.sigma * (1 + tolerance)) stopReason = "bracketed";
    else if (upper <= SMALLEST) stopReason = "always-rises";
    else if (lower.sigma >= LARGEST) stopReason = "never-rises";
    else if (probes.length >= maxProbes) stopReason = "max-probes";
    else if (upper === Infinity) next = Math.min(STRIDE * lower.sigma, LARGEST);
    else if (lower.sigma === 0) next = Math.max(upper / STRIDE, SMALLEST);
    else next = Math.sqrt(lower.sigma * upper);
  }
  return {
    sigma: lower.sigma,
    upperSigma: upper,
    rise: lower.rise,
    standardError: lower.standardError,
    allowedRise,
    noise,
    lossAtMinimiser,
    evaluations,
    stopReason,
    probes,
  };
}

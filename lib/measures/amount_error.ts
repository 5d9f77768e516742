/** What a measure knows of the error of its amount: it decides whether two amounts differ. */
import type { BitsNeeded } from "../sharpness/bits_needed.ts";
import type { PacBayesSigma } from "../sharpness/pac_bayes_sigma.ts";

/** An error of which something is known. */
export interface KnownError {
  /** The least and the most that the amount may be, whatever was drawn. */
  readonly range: readonly [least: number, most: number];
  /** Of an amount that was drawn several times. */
  readonly sampling?: {
    readonly standardError: number;
    /** Of the estimate of the standard error. */
    readonly degreesOfFreedom: number;
  };
}

/** No error is known, and why, in two or three words: `one draw`. */
export interface UnknownError {
  readonly unknown: string;
}

/** What is known of the error of an amount. */
export type AmountError = KnownError | UnknownError;

/**
 * Share by which a maximum may be missed. Climbs of one function by other seeds end up to 12 % apart
 * on a small network, and no method finds the maximum to 1 % for sure (docs/measures.md); twice that.
 */
const MISSED = 0.25;

/** Rounding of f, as a share of 1 + |f|: losses of examples are float32. */
const ROUNDING = 2 ** -23;

/** Chance with which random starts may hide a larger eigenvalue. */
const HIDDEN = 0.01;

/** A mean over draws, such as `probe`s. */
export function errorOfMean(
  mean: number,
  standardError: number,
  count: number,
  draw: string,
): AmountError {
  if (!Number.isFinite(mean)) return { unknown: "f not finite" };
  if (!Number.isFinite(standardError)) return { unknown: `one ${draw}` };
  return { range: [mean, mean], sampling: { standardError, degreesOfFreedom: count - 1 } };
}

/**
 * The largest rise of f that climbs have met, a lower bound of the exact one.
 *
 * @param unit What the amount is for a rise of 1.
 */
export function errorOfMaximum(
  amount: number,
  unit: number,
  { moved, lossAtMinimiser }: { readonly moved: boolean; readonly lossAtMinimiser: number },
): AmountError {
  if (!moved) return { unknown: "no rise found" };
  return {
    range: [amount, amount * (1 + MISSED) + unit * ROUNDING * (1 + Math.abs(lossAtMinimiser))],
  };
}

/**
 * The largest Ritz value of Lanczos' method from a random start, a lower bound of the largest
 * eigenvalue.
 *
 * The residual bounds the distance to some eigenvalue, not to the largest, so it counts twice. A start
 * that lies nearly across an eigenvector hides it: by more than a share ε of the spectrum's width with
 * a chance of at most 1.648 √n e^(−√ε (2m − 1)) after m steps.
 *
 * - Source: Kuczyński and Woźniakowski 1992, "Estimating the largest eigenvalue by the power and Lanczos
 *   algorithms with a random start", for the chance.
 * - Deviation: after few steps that says nothing in large n, and ε is taken as a quarter.
 *
 * @param values Ritz values, ascending.
 */
export function errorOfLargestEigenvalue(
  { values, residuals }: { readonly values: Float64Array; readonly residuals: Float64Array },
  dimension: number,
): AmountError {
  const [least = NaN, largest = NaN] = [values[0], values.at(-1)];
  if (!Number.isFinite(largest)) return { unknown: "product not finite" };
  const root = Math.log(1.648 * Math.sqrt(dimension) / HIDDEN) / (2 * values.length - 1);
  const hidden = Math.min(MISSED, root < 1 ? root ** 2 / (1 - root ** 2) : Infinity);
  const width = Math.max(largest - least, Math.abs(largest));
  return { range: [largest, largest + 2 * residuals.at(-1)! + hidden * width] };
}

/** The largest of several amounts, each at least what it is. */
export function errorOfLargest(errors: readonly AmountError[]): AmountError {
  const ranges: KnownError["range"][] = [];
  for (const error of errors) {
    if ("unknown" in error) return error;
    ranges.push(error.range);
  }
  if (ranges.length === 0) return { unknown: "nothing found" };
  return {
    range: [0, 1].map((end) => Math.max(...ranges.map((range) => range[end]!))) as [number, number],
  };
}

/**
 * σ at which the mean rise is what is allowed: it lies between the ends of the bisection, give or take
 * the standard error of the rise over its slope in σ. The slope is that between the two ends, and at
 * most a quadratic's, as a steeper one may be noise.
 */
export function errorOfSigma(
  { sigma, upperSigma, probes, stopReason }: PacBayesSigma,
): AmountError {
  const range = [sigma, upperSigma] as const;
  if (stopReason === "never-rises" || stopReason === "always-rises") return { range };
  const [below, above] = range.map((end) => probes.find((probe) => probe.sigma === end));
  if (!below || !above) return { unknown: "search not ended" };
  const power = Math.min(2, Math.log(above.rise / below.rise) / Math.log(upperSigma / sigma));
  if (!(power > 0 && below.rise > 0)) return { unknown: "rise not steady" };
  const standardError = sigma * below.standardError / (power * below.rise);
  const error = errorOfMean(sigma, standardError, below.pairs, "pair");
  return "unknown" in error ? error : { ...error, range };
}

/** Bits are exact, unless rounding of f decides whether a rise is allowed. */
export function errorOfBits(
  { bits, allowedRise, lossAtMinimiser, probes }: BitsNeeded,
): AmountError {
  const rounding = ROUNDING * (1 + Math.abs(lossAtMinimiser));
  if (probes.some(({ rise }) => Math.abs(rise - allowedRise) <= rounding)) {
    return { unknown: "rise at its limit" };
  }
  return { range: Number.isNaN(bits) ? [probes[0]!.bits + 1, Infinity] : [bits, bits] };
}

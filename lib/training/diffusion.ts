/** How far training had gone from x₀ after some step. */
export interface DiffusionPoint {
  /** t, steps of the optimiser so far, from 1. */
  readonly step: number;
  /** ‖x_t − x₀‖₂. */
  readonly distance: number;
}

/** Whether the distance is to be noted: at steps 1, 2, 4, 8, …, evenly on an axis of log t. */
export function isDue(step: number, points: readonly DiffusionPoint[]): boolean {
  // Some ways of training make several steps between two looks, so that a power can be missed.
  const octave = (t: number) => 31 - Math.clz32(t);
  return octave(step) > octave(points.at(-1)?.step ?? 0);
}

/** ‖x_t − x₀‖ ≈ a + b ln t, by least squares. */
export interface LogarithmicFit {
  readonly intercept: number;
  /** b, distance per factor e of t. */
  readonly slope: number;
  /** Share of the distances' variance that the fit explains. */
  readonly rSquared: number;
}

/** ‖x_t − x₀‖ ≈ c t^γ, by least squares of the distances themselves. */
export interface PowerFit {
  readonly scale: number;
  /** γ: ½ of a random walk in a flat landscape, 1 of a straight line at constant speed. */
  readonly exponent: number;
  readonly rSquared: number;
}

/**
 * Fits a + b ln t: "ultra-slow diffusion", that of a random walk on a random potential whose
 * variance grows with distance.
 *
 * Source: Hoffer, Hubara & Soudry 2017: ‖w_t − w₀‖ ~ log t.
 *
 * @returns Nothing of fewer than three points, or if the distances do not differ.
 *
 * @example
 * ```ts
 * import { logarithmicFit } from "./diffusion.ts";
 * import assert from "node:assert/strict";
 *
 * const points = [1, 2, 4, 8].map((step) => ({ step, distance: 3 + 2 * Math.log(step) }));
 * const { intercept, slope, rSquared } = logarithmicFit(points)!;
 * for (const gap of [intercept - 3, slope - 2, rSquared - 1]) assert.ok(Math.abs(gap) < 1e-12);
 * ```
 */
export function logarithmicFit(points: readonly DiffusionPoint[]): LogarithmicFit | undefined {
  const own = usable(points);
  if (own.length < 3) return undefined;
  const logs = own.map(({ step }) => Math.log(step));
  const distances = own.map(({ distance }) => distance);
  const [meanLog, meanDistance] = [mean(logs), mean(distances)];
  const covariance = mean(logs.map((log, i) => (log - meanLog) * (distances[i]! - meanDistance)));
  const slope = covariance / mean(logs.map((log) => (log - meanLog) ** 2));
  const intercept = meanDistance - slope * meanLog;
  const rSquared = explained(distances, logs.map((log) => intercept + slope * log));
  return rSquared === undefined ? undefined : { intercept, slope, rSquared };
}

/** Exponents among which the best is sought; no distance grows faster than with constant steps. */
const [LEAST_EXPONENT, LARGEST_EXPONENT, EXPONENTS] = [-1, 2, 301] as const;

/**
 * Fits c t^γ, the rival law: it has as many parameters, and minimises the same residuals.
 *
 * c is linear and eliminated, c(γ) = Σ d t^γ / Σ t^{2γ}; the best γ of a grid is refined by golden
 * sections between its neighbours.
 *
 * @returns Nothing of fewer than three points, or if the distances do not differ.
 */
export function powerFit(points: readonly DiffusionPoint[]): PowerFit | undefined {
  const own = usable(points);
  if (own.length < 3) return undefined;
  const at = (exponent: number) => {
    const powers = own.map(({ step }) => step ** exponent);
    const product = sum(powers.map((power, i) => power * own[i]!.distance));
    const scale = product / sum(powers.map((power) => power * power));
    const fitted = powers.map((power) => scale * power);
    const residual = sum(fitted.map((value, i) => (value - own[i]!.distance) ** 2));
    return { exponent, scale, fitted, residual };
  };
  const pitch = (LARGEST_EXPONENT - LEAST_EXPONENT) / (EXPONENTS - 1);
  const coarse = Array.from({ length: EXPONENTS }, (_, k) => at(LEAST_EXPONENT + k * pitch))
    .reduce((best, next) => next.residual < best.residual ? next : best);
  const exponent = goldenSection(
    (gamma) => at(gamma).residual,
    coarse.exponent - pitch,
    coarse.exponent + pitch,
  );
  const { scale, fitted } = at(exponent);
  const rSquared = explained(own.map(({ distance }) => distance), fitted);
  return rSquared === undefined ? undefined : { scale, exponent, rSquared };
}

/** The minimiser of a function with one minimum in [low, high], to 1e-9 of the interval. */
function goldenSection(f: (x: number) => number, low: number, high: number): number {
  const share = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  // 0.618⁴⁴ < 1e-9; finer, rounding of f decides.
  for (let k = 0; k < 44; k++) {
    const [left, right] = [b - share * (b - a), a + share * (b - a)];
    if (f(left) < f(right)) b = right;
    else a = left;
  }
  return (a + b) / 2;
}

function usable(points: readonly DiffusionPoint[]): DiffusionPoint[] {
  return points.filter(({ step, distance }) => step > 0 && Number.isFinite(distance));
}

/** R² = 1 − Σ(d − d̂)²/Σ(d − d̄)²; nothing where there is no variance to explain. */
function explained(values: readonly number[], fitted: readonly number[]): number | undefined {
  const middle = mean(values);
  const total = sum(values.map((value) => (value - middle) ** 2));
  const residual = sum(values.map((value, i) => (value - fitted[i]!) ** 2));
  return total > 0 ? 1 - residual / total : undefined;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

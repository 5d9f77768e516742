/**
 * The line search of Moré and Thuente (1994), "Line search algorithms with guaranteed sufficient
 * decrease", ACM TOMS 20, as a pure state machine. It names a step, is told φ and φ′ there, and
 * answers with the next state. Who evaluates φ, and how, is the caller's affair.
 *
 * Wanted is a step α with
 *   φ(α) ≤ φ(0) + µ α φ′(0)   (1.1, sufficient decrease) and
 *   |φ′(α)| ≤ η |φ′(0)|       (1.2, curvature).
 * Names and constants are those of the authors' MINPACK-2 code where the paper leaves them open.
 *
 * @module
 */

/** φ and φ′ at a step. */
export interface Sample {
  /** α ≥ 0. */
  readonly step: number;
  /** φ(α). */
  readonly value: number;
  /** φ′(α). */
  readonly slope: number;
}

/** Tolerances of {@link startSearch}; the defaults are L-BFGS-B's. */
export interface SearchTolerances {
  /** µ of (1.1); 1e-3. */
  readonly decrease: number;
  /** η of (1.2); 0.9. */
  readonly curvature: number;
  /** The search ends once its interval is shorter than this share of its upper end; 0.1. */
  readonly interval: number;
}

/** A search under way or ended; made by {@link startSearch} and {@link continueSearch}. */
export interface LineSearch {
  /**
   * `evaluate`: φ is wanted at {@link step}. `found`: (1.1) and (1.2) hold there. `at-bound`: (1.1)
   * holds at the largest step and φ still falls. `stalled`: no room is left; {@link step} is then
   * the best step seen.
   */
  readonly status: "evaluate" | "found" | "at-bound" | "stalled";
  /** The step to evaluate next, or the one the search ended at. */
  readonly step: number;
  /** φ and φ′ at 0. */
  readonly start: Sample;
  /** No trial is shorter. */
  readonly minStep: number;
  /** No trial is longer. */
  readonly maxStep: number;
  /** µ, η and the shortest interval. */
  readonly tolerances: SearchTolerances;
  /** Stage 1 of §2: ψ(α) = φ(α) − φ(0) − µαφ′(0) has not yet been seen ≤ 0 with φ′ ≥ 0. */
  readonly firstStage: boolean;
  /** The end of the interval with the least value so far. */
  readonly best: Sample;
  /** The other end; meaningful once `bracketed`. */
  readonly other: Sample;
  /** Whether a minimum is known to lie between `best` and `other`. */
  readonly bracketed: boolean;
  /** Least step the next trial may have. */
  readonly low: number;
  /** Largest step the next trial may have. */
  readonly high: number;
  /** Width of the interval one trial ago. */
  readonly width: number;
  /** Width of the interval two trials ago: §4 asks for a cut to 0.66 over two trials. */
  readonly widthBefore: number;
}

/** µ, η and the interval tolerance of L-BFGS-B 3.0. */
const LBFGSB_SEARCH: SearchTolerances = { decrease: 1e-3, curvature: 0.9, interval: 0.1 };

/** Extrapolation bounds of the un-bracketed search, [1.1, 4] times the last move (§2). */
const EXTRAPOLATION = { low: 1.1, high: 4 } as const;
/** §4: a trial stays within this share of the interval, and two trials must cut it to this. */
const SHRINK = 0.66;

/**
 * Starts a search at φ(0), φ′(0) with the first trial `step`.
 *
 * @example Steps of φ(α) = (α − 1)² from one that is far too short
 * ```ts
 * import { continueSearch, startSearch } from "./more_thuente.ts";
 * import assert from "node:assert/strict";
 *
 * let search = startSearch({ value: 1, slope: -2, step: 0.01, maxStep: 10 });
 * const trials: number[] = [];
 * while (search.status === "evaluate") {
 *   trials.push(search.step);
 *   search = continueSearch(search, (search.step - 1) ** 2, 2 * (search.step - 1));
 * }
 * assert.equal(search.status, "found");
 * assert.deepEqual(trials.map((step) => Number(step.toFixed(3))), [0.01, 0.05, 0.21]);
 * ```
 *
 * @throws {RangeError} If φ′(0) is not negative or the step is outside [minStep, maxStep].
 */
export function startSearch(
  { value, slope, step, minStep = 0, maxStep, tolerances = LBFGSB_SEARCH }: {
    readonly value: number;
    readonly slope: number;
    readonly step: number;
    readonly minStep?: number;
    readonly maxStep: number;
    readonly tolerances?: SearchTolerances;
  },
): LineSearch {
  if (!(slope < 0)) {
    throw new RangeError(
      `Cannot search a line of slope ${slope}; give a descent direction`,
    );
  }
  if (!(minStep <= step && step <= maxStep && step > 0)) {
    throw new RangeError(
      `Cannot start a line search with step ${step}; give one in [${minStep}, ${maxStep}]`,
    );
  }
  const start = { step: 0, value, slope };
  return {
    status: "evaluate",
    step,
    start,
    minStep,
    maxStep,
    tolerances,
    firstStage: true,
    best: start,
    other: start,
    bracketed: false,
    low: 0,
    high: step + EXTRAPOLATION.high * step,
    width: maxStep - minStep,
    widthBefore: 2 * (maxStep - minStep),
  };
}

/** Takes φ and φ′ at `search.step` and returns the next state; `search` is left unchanged. */
export function continueSearch(search: LineSearch, value: number, slope: number): LineSearch {
  const { start, step, minStep, maxStep, tolerances } = search;
  const sufficientSlope = tolerances.decrease * start.slope;
  const sufficientValue = start.value + step * sufficientSlope;
  const firstStage = search.firstStage && !(value <= sufficientValue && slope >= 0);

  const status = statusAt(search, value, slope);
  if (status !== "evaluate") return { ...search, firstStage, status };

  // In stage 1 the interval is updated by ψ while a trial improves φ, but not yet enough (§3).
  const usePsi = firstStage && value <= search.best.value && value > sufficientValue;
  const tilt = usePsi ? sufficientSlope : 0;
  const tilted = (s: Sample): Sample => ({
    step: s.step,
    value: s.value - s.step * tilt,
    slope: s.slope - tilt,
  });
  const next = trial(
    tilted(search.best),
    tilted(search.other),
    tilted({ step, value, slope }),
    search.bracketed,
    search.low,
    search.high,
  );
  const untilted = (s: Sample): Sample => ({
    step: s.step,
    value: s.value + s.step * tilt,
    slope: s.slope + tilt,
  });
  const best = untilted(next.best);
  const other = untilted(next.other);
  const { bracketed } = next;

  let nextStep = next.step;
  let { width, widthBefore } = search;
  let low: number;
  let high: number;
  if (bracketed) {
    const span = Math.abs(other.step - best.step);
    if (span >= SHRINK * widthBefore) nextStep = best.step + 0.5 * (other.step - best.step);
    widthBefore = width;
    width = span;
    low = Math.min(best.step, other.step);
    high = Math.max(best.step, other.step);
  } else {
    low = nextStep + EXTRAPOLATION.low * (nextStep - best.step);
    high = nextStep + EXTRAPOLATION.high * (nextStep - best.step);
  }
  nextStep = Math.min(Math.max(nextStep, minStep), maxStep);
  const exhausted = bracketed &&
    (nextStep <= low || nextStep >= high || high - low <= tolerances.interval * high);
  // MINPACK-2 would evaluate once more at the best step; its caller has that point already.
  if (exhausted) return { ...search, status: "stalled", step: best.step, best, other, bracketed };

  return {
    ...search,
    step: nextStep,
    firstStage,
    best,
    other,
    bracketed,
    low,
    high,
    width,
    widthBefore,
  };
}

/** The tests which end a search at the trial just evaluated; (1.1) and (1.2) go before all. */
function statusAt(
  { step, start, minStep, maxStep, tolerances }: LineSearch,
  value: number,
  slope: number,
): LineSearch["status"] {
  const sufficientSlope = tolerances.decrease * start.slope;
  const sufficient = value <= start.value + step * sufficientSlope;
  if (sufficient && Math.abs(slope) <= tolerances.curvature * -start.slope) return "found";
  if (step === minStep && (!sufficient || slope >= sufficientSlope)) return "stalled";
  if (step === maxStep && sufficient && slope <= sufficientSlope) return "at-bound";
  return "evaluate";
}

/** The updating algorithm of §2 and the trial value selection of §4. */
function trial(
  best: Sample,
  other: Sample,
  now: Sample,
  bracketed: boolean,
  low: number,
  high: number,
): { best: Sample; other: Sample; bracketed: boolean; step: number } {
  const span = now.step - best.step;
  const opposite = now.slope * Math.sign(best.slope) < 0;

  // Case 1: a higher value. The minimum is bracketed; the cubic is taken if it is nearer to the
  // best step than the quadratic through both values and the best slope, else their mean.
  if (now.value > best.value) {
    const cubic = cubicMinimiser(best, now);
    const quadratic = best.step +
      best.slope / ((best.value - now.value) / span + best.slope) / 2 * span;
    const step = Math.abs(cubic - best.step) < Math.abs(quadratic - best.step)
      ? cubic
      : cubic + (quadratic - cubic) / 2;
    return { best, other: now, bracketed: true, step };
  }

  const secant = now.step + now.slope / (now.slope - best.slope) * (best.step - now.step);

  // Case 2: a lower value, slopes of opposite sign. Bracketed; the farther from the trial of
  // cubic and secant.
  if (opposite) {
    const cubic = cubicMinimiser(now, best);
    const step = Math.abs(cubic - now.step) > Math.abs(secant - now.step) ? cubic : secant;
    return { best: now, other: best, bracketed: true, step };
  }

  // Case 3: a lower value, same sign, and the slope gets flatter. The cubic counts only if it
  // rises to infinity in the direction of the step, or its minimum is beyond the trial.
  if (Math.abs(now.slope) < Math.abs(best.slope)) {
    const end = span > 0 ? high : low;
    const cubic = cubicMinimiserBeyond(best, now) ?? end;
    const cubicIsNearer = Math.abs(cubic - now.step) < Math.abs(secant - now.step);
    if (bracketed) {
      const step = cubicIsNearer ? cubic : secant;
      const limit = now.step + SHRINK * (other.step - now.step);
      return {
        best: now,
        other,
        bracketed,
        step: span > 0 ? Math.min(limit, step) : Math.max(limit, step),
      };
    }
    const farther = Math.abs(cubic - now.step) > Math.abs(secant - now.step) ? cubic : secant;
    return { best: now, other, bracketed, step: Math.min(Math.max(farther, low), high) };
  }

  // Case 4: a lower value, same sign, no flatter: the cubic to the other end, else as far as
  // allowed.
  const step = bracketed ? cubicMinimiser(now, other) : span > 0 ? high : low;
  return { best: now, other, bracketed, step };
}

/** θ, and γ² / s² of the cubic through two samples, scaled by s against overflow. */
function cubicTerms(a: Sample, b: Sample) {
  const theta = 3 * (a.value - b.value) / (b.step - a.step) + a.slope + b.slope;
  const scale = Math.max(Math.abs(theta), Math.abs(a.slope), Math.abs(b.slope));
  return { theta, scale, radicand: (theta / scale) ** 2 - (a.slope / scale) * (b.slope / scale) };
}

/** Minimiser of the cubic which interpolates values and slopes at `a` and `b`, seen from `a`. */
function cubicMinimiser(a: Sample, b: Sample): number {
  const { theta, scale, radicand } = cubicTerms(a, b);
  const gamma = Math.sign(b.step - a.step) * scale * Math.sqrt(Math.max(0, radicand));
  const ratio = (gamma - a.slope + theta) / (gamma - a.slope + gamma + b.slope);
  return a.step + ratio * (b.step - a.step);
}

/** The same where it may not exist (case 3): undefined unless it lies beyond `now`. */
function cubicMinimiserBeyond(best: Sample, now: Sample): number | undefined {
  const { theta, scale, radicand } = cubicTerms(best, now);
  const gamma = Math.sign(best.step - now.step) * scale * Math.sqrt(Math.max(0, radicand));
  const ratio = (gamma - now.slope + theta) / (gamma + (best.slope - now.slope) + gamma);
  if (!(ratio < 0 && gamma !== 0)) return undefined;
  return now.step + ratio * (best.step - now.step);
}

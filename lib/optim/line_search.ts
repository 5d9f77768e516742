import { dot } from "../linalg/vector.ts";
import { continueSearch, startSearch } from "./more_thuente.ts";
import type { Box, Evaluation } from "./objective.ts";

/** Trials in one search, as in L-BFGS-B 3.0. */
const MOST_TRIALS = 20;

/** The segment from x to x + maxStep · direction, and f on its way. */
export interface Line {
  /** Where it starts. Shape [n]. */
  readonly x: Float64Array;
  /** f(x). */
  readonly value: number;
  /** Shape [n]. */
  readonly direction: Float64Array;
  /** directionᵀ ∇f(x) < 0. */
  readonly slope: number;
  /** x + direction without the rounding, so that a step of 1 lands on the bounds. Shape [n]. */
  readonly end: Float64Array;
  /** The box that no trial leaves, not by rounding either. */
  readonly box: Box;
  /** First step to try. */
  readonly firstStep: number;
  /** Largest step. */
  readonly maxStep: number;
}

/** What a search found. */
export interface LineSearchResult {
  /**
   * `lower`: `point` satisfies both conditions of Moré and Thuente, or is the lowest trial and lower
   * than the start. `budget`: no evaluation is left; `point` is the lowest trial if one was lower.
   * `not-lower`, `not-finite`: no trial was lower than the start, or even finite.
   */
  readonly outcome: "lower" | "budget" | "not-lower" | "not-finite";
  /** The step taken and f, ∇f there. */
  readonly point: (Evaluation & { readonly step: number }) | undefined;
  /** Evaluations made. */
  readonly evaluations: number;
}

/**
 * Searches along a line for a sufficiently lower point.
 *
 * Deviations from L-BFGS-B 3.0:
 * 1. Where f or ∇f is not finite the search starts anew on the part before that step, halved.
 * 2. A search which ends without both conditions yields its lowest trial, never a higher f than at
 *    the start; the original yields its last trial.
 *
 * @param evaluate f and ∇f; called with `trial`.
 * @param trial Overwritten by the points tried, and left at the point returned. Shape [n].
 * @param kept Receives ∇f at the point returned, for the next evaluation may overwrite the
 *   objective's own. Shape [n].
 */
export async function searchLine(
  evaluate: (x: Float64Array) => Promise<Evaluation>,
  line: Line,
  trial: Float64Array,
  kept: Float64Array,
  evaluationsLeft: number,
): Promise<LineSearchResult> {
  let search = startSearch({ ...line, step: line.firstStep });
  let lowest: (Evaluation & { step: number }) | undefined;
  let seenFinite = false;
  let evaluations = 0;
  while (search.status === "evaluate" && evaluations < MOST_TRIALS) {
    if (evaluations >= evaluationsLeft) {
      if (lowest) placeTrial(line, lowest.step, trial);
      return { outcome: "budget", point: lowest, evaluations };
    }
    const { step } = search;
    placeTrial(line, step, trial);
    const { value, gradient } = await evaluate(trial);
    evaluations++;
    const slope = dot(gradient, line.direction);
    // A NaN or Infinity anywhere in ∇f shows in the slope.
    if (!Number.isFinite(value) || !Number.isFinite(slope)) {
      const maxStep = (search.best.step + step) / 2;
      search = startSearch({ ...line, step: maxStep, maxStep });
      continue;
    }
    seenFinite = true;
    search = continueSearch(search, value, slope);
    if (search.status === "found" || search.status === "at-bound") {
      kept.set(gradient);
      return { outcome: "lower", point: { step, value, gradient: kept }, evaluations };
    }
    if (value < (lowest?.value ?? line.value)) {
      kept.set(gradient);
      lowest = { step, value, gradient: kept };
    }
  }
  if (lowest) placeTrial(line, lowest.step, trial);
  const outcome = lowest ? "lower" : seenFinite ? "not-lower" : "not-finite";
  return { outcome, point: lowest, evaluations };
}

/** trial ← x + step · direction, within the box. */
function placeTrial(line: Line, step: number, trial: Float64Array): void {
  const { x, direction, end, box: { lower, upper } } = line;
  if (step === 1) {
    trial.set(end);
    return;
  }
  for (let i = 0; i < x.length; i++) {
    const to = x[i]! + step * direction[i]!;
    trial[i] = to < lower[i]! ? lower[i]! : to > upper[i]! ? upper[i]! : to;
  }
}

import { dot } from "../linalg/vector.ts";
import type { Box, Evaluation } from "./objective.ts";
import { searchSteps } from "./step_search.ts";

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
  /** To what f is known, default 0; see `StepLine`. */
  readonly resolution?: number;
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
  let gradient = kept;
  let tried = 0;
  const { outcome, best, evaluations } = await searchSteps(
    {
      async at(step) {
        placeTrial(line, step, trial);
        tried = step;
        const evaluation = await evaluate(trial);
        gradient = evaluation.gradient;
        return { value: evaluation.value, slope: dot(gradient, line.direction) };
      },
      keep: () => kept.set(gradient),
    },
    line,
    evaluationsLeft,
  );
  if (best && best.step !== tried) placeTrial(line, best.step, trial);
  return { outcome, point: best && { ...best, gradient: kept }, evaluations };
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

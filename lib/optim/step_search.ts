import { continueSearch, type LineSearch, startSearch } from "./more_thuente.ts";

/** Trials in one search, as in L-BFGS-B 3.0. */
const MOST_TRIALS = 20;

/** A line by its scalars. */
export interface StepLine {
  /** f at 0. */
  readonly value: number;
  /** The slope at 0, negative. */
  readonly slope: number;
  /** First step to try. */
  readonly firstStep: number;
  /** Largest step. */
  readonly maxStep: number;
  /**
   * To what f is known, default 0: the search ends where values and slope leave no more to gain
   * between two steps that enclose a minimum.
   */
  readonly resolution?: number;
}

/** Who evaluates f on a line. */
export interface Trials {
  /** f and its slope at a step. */
  at(step: number): Promise<{ readonly value: number; readonly slope: number }>;
  /** Told that the last trial is the best one. */
  keep(): void | Promise<void>;
}

/** What a search of steps found. */
export interface StepSearchResult {
  /** See `LineSearchResult`. */
  readonly outcome: "lower" | "budget" | "not-lower" | "not-finite";
  /** The best trial, which was kept. */
  readonly best: { readonly step: number; readonly value: number } | undefined;
  /** Evaluations made. */
  readonly evaluations: number;
}

/** Searches along a line for a sufficiently lower point: see `searchLine()`, which has the vectors. */
export async function searchSteps(
  trials: Trials,
  line: StepLine,
  evaluationsLeft: number,
): Promise<StepSearchResult> {
  let search = startSearch({ ...line, step: line.firstStep });
  let best: { step: number; value: number } | undefined;
  let seenFinite = false;
  let evaluations = 0;
  while (search.status === "evaluate" && evaluations < MOST_TRIALS) {
    if (evaluations >= evaluationsLeft) return { outcome: "budget", best, evaluations };
    const { step } = search;
    const { value, slope } = await trials.at(step);
    evaluations++;
    // A NaN or Infinity anywhere in ∇f shows in the slope.
    if (!Number.isFinite(value) || !Number.isFinite(slope)) {
      const maxStep = (search.best.step + step) / 2;
      search = startSearch({ ...line, step: maxStep, maxStep });
      continue;
    }
    seenFinite = true;
    search = continueSearch(search, value, slope);
    const isFound = search.status === "found" || search.status === "at-bound";
    if (isFound || value < (best?.value ?? line.value)) {
      await trials.keep();
      best = { step, value };
    }
    if (isFound) return { outcome: "lower", best, evaluations };
    if (isFlat(search, line.resolution ?? 0)) break;
  }
  const outcome = best ? "lower" : seenFinite ? "not-lower" : "not-finite";
  return { outcome, best, evaluations };
}

/** Whether both ends of the interval are level to rounding, and no slope promises more between them. */
function isFlat({ bracketed, best, other }: LineSearch, resolution: number): boolean {
  const width = other.step - best.step;
  // Of a parabola with its minimum there, and with the first two, the third is never larger.
  return resolution > 0 && bracketed && Math.abs(other.value - best.value) <= resolution &&
    Math.abs(best.slope * width) <= resolution && Math.abs(other.slope * width) <= 5 * resolution;
}

import type { BoxPoint, BoxSearch, BoxVectors, DirectionSums } from "./box_search.ts";
import type { MinimizerState } from "./lbfgsb.ts";
import { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";
import { pathMinimum } from "./path_sections.ts";
import { searchSteps } from "./step_search.ts";
import type { StopReason } from "./stop_reason.ts";
import { splitGram, stepWeights } from "./subspace_minimisation.ts";

/** How {@link minimizeBySearch} runs. */
export interface SearchMinimizeOptions {
  /** Most iterations, each with one line search. */
  readonly maxIterations: number;
  /** Most evaluations of f and ∇f; 15000. */
  readonly maxEvaluations?: number;
  /** As of `minimizeInBox()`. */
  readonly valueResolution?: (value: number) => number;
  /** Called at the start and after every iteration. */
  readonly onIteration?: (iteration: number) => void;
  /** Called between two iterations with a function that gives the state, for `from`. */
  readonly onState?: (state: () => Promise<MinimizerState>) => void | Promise<void>;
  /** Goes on from a state to the same bits. */
  readonly from?: MinimizerState | undefined;
}

/** Where {@link minimizeBySearch} ended; see `Minimum`. */
export interface SearchMinimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly iterations: number;
  readonly evaluations: number;
  readonly stopReason: StopReason;
  readonly activeShare: number;
}

/**
 * L-BFGS-B with its vectors where f is computed: the steps of `minimizeInBox()` in a box that is finite in
 * every coordinate, with tolerances of 0. Matrices of the size of the pairs are the host's, in float64.
 *
 * Deviations: the Cauchy point is found by sections of the path, see {@link pathMinimum}. On its bound a
 * coordinate that cuts the step of the subspace lands to rounding.
 *
 * @param search Of a box that is finite.
 * @param start Shape [n], in the box.
 */
export async function minimizeBySearch(
  search: BoxSearch,
  start: Float64Array,
  options: SearchMinimizeOptions,
): Promise<SearchMinimum> {
  const { maxIterations, maxEvaluations = 15_000, valueResolution } = options;
  const { onIteration, onState, from } = options;
  const matrix = new LimitedMemoryMatrix(start.length, search.memory);
  let [value, iterations, evaluations] = (from?.counts ?? [NaN, 0, 1]) as [number, number, number];
  let point: BoxPoint;
  if (from) {
    matrix.restoreSums(from);
    point = await search.resume(from);
  } else {
    const first = await search.begin(start);
    value = first.value;
    point = first;
  }
  const ended = async (stopReason: StopReason): Promise<SearchMinimum> => {
    const { x, gradient } = await search.vectors();
    const { activeShare } = point;
    return { x, value, gradient, iterations, evaluations, stopReason, activeShare };
  };
  if (!from) {
    if (!Number.isFinite(value) || !point.isFinite) return await ended("value-not-finite");
    onIteration?.(iterations);
    if (point.projectedGradientNorm === 0) return await ended("gradient-small");
  }
  for (;;) {
    if (iterations >= maxIterations) return await ended("max-iterations");
    if (evaluations >= maxEvaluations) return await ended("max-evaluations");
    const direction = await aimed(search, matrix);
    if (direction === undefined) {
      matrix.reset();
      continue;
    }
    const { slope, largestStep } = direction;
    if (!(slope < 0 && slope > -Infinity)) {
      if (matrix.count === 0) return await ended("line-search-failed");
      matrix.reset();
      continue;
    }
    const maxStep = iterations === 0 ? 1 : Math.max(1, largestStep);
    const { outcome, best, evaluations: trials } = await searchSteps(
      { at: (step) => search.attempt(step), keep: () => search.keep() },
      {
        value,
        slope,
        firstStep: 1,
        maxStep,
        resolution: valueResolution?.(value) ?? 0,
      },
      maxEvaluations - evaluations,
    );
    evaluations += trials;
    if (best === undefined) {
      if (outcome === "budget") return await ended("max-evaluations");
      if (matrix.count === 0) {
        return await ended(outcome === "not-finite" ? "value-not-finite" : "line-search-failed");
      }
      matrix.reset();
      continue;
    }
    value = best.value;
    // The pair of the last iteration is never used.
    const isLast = outcome === "budget" || iterations + 1 >= maxIterations;
    point = await search.advance(isLast ? undefined : matrix.takeSums(await search.pair()));
    if (outcome === "budget") return await ended("max-evaluations");
    iterations++;
    onIteration?.(iterations);
    if (point.projectedGradientNorm === 0) return await ended("gradient-small");
    const counts = Float64Array.of(value, iterations, evaluations);
    await onState?.(async () => {
      const vectors: BoxVectors = await search.vectors();
      const scale = Float64Array.of(matrix.theta, ...matrix.order);
      return { counts, ...vectors, gram: matrix.gram.slice(), scale };
    });
  }
}

/** Aims at the minimum of the model; `undefined` if its matrix cannot be factorised. */
async function aimed(
  search: BoxSearch,
  matrix: LimitedMemoryMatrix,
): Promise<DirectionSums | undefined> {
  const { count, theta } = matrix;
  // θI is separable: the Cauchy point at 1/θ is its minimiser.
  const time = count === 0 ? 1 / theta : await pathMinimum(search, matrix);
  const { products, moving, gram, slope, free } = await search.choose(time);
  if (count === 0 || free === 0) return await search.aim(0);
  const width = 2 * count;
  // q = (1 − θt) g on the free coordinates, and `moving` is of −g.
  const ofQ = moving.subarray(0, width).map((product) => (theta * time - 1) * product);
  const over = splitGram(matrix, gram, true);
  const weights = stepWeights(matrix, products.subarray(0, width), ofQ, over);
  if (weights === undefined) return undefined;
  const all = new Float64Array(2 * matrix.memory);
  all.set(weights);
  const step = await search.subspace(all, time - 1 / theta);
  return await search.aim(slope + step.slope > 0 ? Math.min(1, step.largestStep) : 1);
}

import { type BreakpointBuckets, fillBuckets, indicesInBucket } from "./breakpoint_buckets.ts";
import { heapify, popLeast } from "./breakpoint_heap.ts";
import { highWords, isPinned } from "./breakpoint_times.ts";
import type { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";
import type { Box } from "./objective.ts";
import { PathModel } from "./path_model.ts";

/** What is known at the Cauchy point, beside the point itself. */
export interface CauchyPoint {
  /** t at which the path stops there; 0 for x itself. */
  readonly time: number;
  /** Products of the point − x with the columns of the matrix. Shape [2 · count]. */
  readonly products: Float64Array;
  /** The same of −g over the coordinates which are not at a bound there. Shape [2 · count]. */
  readonly moving: Float64Array;
  /** gᵀ(point − x). */
  readonly slope: number;
  /** The coordinates between their bounds. Borrowed from the workspace, as the next ones are. */
  readonly free: Int32Array;
  /** Those that have come to a bound; pinned ones have been on it from the start. */
  readonly reached: Int32Array;
}

/**
 * The generalised Cauchy point: the first local minimiser of q(z) = gᵀz + ½ zᵀBz along the path
 * z(t) = P(x − t g) − x. The path bends where a coordinate reaches its bound.
 *
 * Deviation: the paper visits breakpoint after breakpoint at O(m²) each, too slow where a million
 * bounds become active at once. Breakpoints come here in buckets of nearly equal t. A bound on q′
 * shows of most buckets that no minimiser is in them; each of these costs O(m²) as a whole. The
 * others are walked breakpoint by breakpoint from a heap. The point found is the same.
 *
 * Source: Byrd, Lu, Nocedal and Zhu 1995, §4, algorithm CP.
 *
 * @param x A point of the box. Shape [n].
 * @param gradient g at x. Shape [n].
 * @param workspace `cauchy`, shape [n], receives the Cauchy point; the rest is overwritten, `indices`
 *   of shape [n] or more.
 * @param filled Whether the buckets are filled for this path already, without late breakpoints.
 */
export function cauchyPoint(
  matrix: LimitedMemoryMatrix,
  x: Float64Array,
  gradient: Float64Array,
  box: Box,
  workspace: {
    readonly cauchy: Float64Array;
    readonly buckets: BreakpointBuckets;
    readonly indices: Int32Array;
  },
  filled = false,
): CauchyPoint {
  const { cauchy, buckets } = workspace;
  if (matrix.count === 0) {
    const time = 1 / matrix.theta;
    const slope = projectStep(x, gradient, time, box, cauchy);
    const [none, nowhere] = [new Float64Array(0), new Int32Array(0)];
    return { time, slope, products: none, moving: none, free: nowhere, reached: nowhere };
  }
  const { lower, upper } = box;
  const { times } = buckets;
  const walk = (all: boolean) => {
    if (all || !filled) fillBuckets(buckets, matrix, x, gradient, box, all);
    const model = new PathModel(matrix, buckets);
    const time = firstMinimiser(model, buckets, (bucket) => {
      const heap = indicesInBucket(buckets, bucket, workspace.indices);
      heapify(heap, times);
      for (let size = heap.length; size > 0; size--) {
        const i = popLeast(heap, size, times);
        if (model.minimiser() < times[i]!) return true;
        const g = gradient[i]!;
        model.stop(i, times[i]!, g, (g < 0 ? upper[i]! : lower[i]!) - x[i]!);
      }
      return false;
    });
    return time === undefined ? undefined : { model, time };
  };
  // Where the path goes on to late breakpoints, these need buckets too.
  const { model, time } = (walk(false) ?? walk(true))!;

  const products = model.productsAt(time);
  const { indices } = workspace;
  const signs = highWords(gradient);
  const words = highWords(times);
  const ends = new Float64Array(4);
  let slope = 0;
  let free = 0;
  let last = x.length - 1;
  for (let i = 0; i < x.length; i++) {
    const g = gradient[i]!;
    const t = times[i]!;
    const low = lower[i]!;
    const high = upper[i]!;
    const from = x[i]!;
    // Looked up, as no processor foretells which: t > time, t = 0, and t ≤ time with either sign.
    ends[0] = from - time * g;
    ends[1] = from;
    ends[2] = low;
    ends[3] = high;
    const isMoving = +(t > time);
    const isStopped = +(t > 0) & (1 - isMoving);
    let to = ends[1 - isMoving + isStopped * (1 + (signs[2 * i + 1]! >>> 31))]!;
    const isInside = +(low < to) & +(to < high);
    // Rounding may carry x − t g to a bound whose breakpoint comes just after t.
    if (isMoving & (1 - isInside)) {
      to = clip(to, low, high);
      model.stopEarly(i, g);
    }
    cauchy[i] = to;
    slope += g * (to - from);
    // From the front and from the back: written to both, and counted at one or, if pinned, none.
    indices[free] = i;
    indices[last] = i;
    free += isInside;
    last -= 1 - (isInside | isPinned(words, i));
  }
  return {
    time,
    products,
    moving: model.moving,
    slope,
    free: indices.subarray(0, free),
    reached: indices.subarray(last + 1, x.length),
  };
}

/** x itself in place of the Cauchy point: without any bound, the model is minimised from there. */
export function startOfPath(
  matrix: LimitedMemoryMatrix,
  x: Float64Array,
  gradient: Float64Array,
  box: Box,
  { cauchy, buckets, indices }: Parameters<typeof cauchyPoint>[4],
  filled = false,
): CauchyPoint {
  cauchy.set(x);
  if (!filled) fillBuckets(buckets, matrix, x, gradient, box, false);
  const { moving } = new PathModel(matrix, buckets);
  const products = new Float64Array(moving.length);
  for (let i = 0; i < x.length; i++) indices[i] = i;
  const [free, reached] = [indices.subarray(0, x.length), indices.subarray(0, 0)];
  return { time: 0, products, moving, slope: 0, free, reached };
}

/**
 * target ← P(x − t g): the Cauchy point of a model θI at t = 1/θ. Such a model is a sum over
 * coordinates, each of which stops at that t or at its bound.
 *
 * @returns gᵀ(target − x).
 */
function projectStep(
  x: Float64Array,
  gradient: Float64Array,
  t: number,
  { lower, upper }: Box,
  target: Float64Array,
): number {
  let slope = 0;
  for (let i = 0; i < x.length; i++) {
    const to = clip(x[i]! - t * gradient[i]!, lower[i]!, upper[i]!);
    target[i] = to;
    slope += gradient[i]! * (to - x[i]!);
  }
  return slope;
}

/** The bounds come first in the comparisons: most often neither holds, which is foreseeable. */
function clip(to: number, lower: number, upper: number): number {
  return to < lower ? lower : to > upper ? upper : to;
}

/**
 * The t at which q is first least, if that is not beyond a late breakpoint.
 *
 * @param walk Goes through one bucket and says if the path stopped there.
 */
function firstMinimiser(
  model: PathModel,
  buckets: BreakpointBuckets,
  walk: (bucket: number) => boolean,
): number | undefined {
  const { counts, first, last } = buckets;
  const late = counts.length - 1;
  for (let bucket = 0; bucket < late; bucket++) {
    if (counts[bucket] === 0) continue;
    model.enter(bucket);
    if (model.minimiser() < first[bucket]!) return model.minimiser();
    // Equal breakpoints bend the path once, whatever their number.
    if (first[bucket] === last[bucket] || model.fallsThroughout(bucket)) model.skip(bucket);
    else if (walk(bucket)) return model.minimiser();
  }
  // Where no coordinate is left, nothing moves any more: slope 0, and the path has ended.
  model.enter(late);
  const time = model.minimiser();
  return counts[late] === 0 || time < first[late]! || first[late] === Infinity ? time : undefined;
}

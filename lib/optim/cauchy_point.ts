import { type BreakpointBuckets, fillBuckets, indicesInBucket } from "./breakpoint_buckets.ts";
import { heapify, popLeast } from "./breakpoint_heap.ts";
import type { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";
import type { Box } from "./objective.ts";
import { PathModel } from "./path_model.ts";

/**
 * The generalised Cauchy point: the first local minimiser of q(z) = gᵀz + ½ zᵀBz along the path
 * z(t) = P(x − t g) − x, which bends where a coordinate reaches its bound.
 *
 * Deviation: the paper visits breakpoint after breakpoint at O(m²) each, too slow where a million
 * bounds become active at once. Breakpoints come here in buckets of nearly equal t. A bound on q′
 * shows of most buckets that no minimiser is in them, and each costs O(m²) as a whole; the others
 * are walked breakpoint by breakpoint from a heap. The point found is the same.
 *
 * Source: Byrd, Lu, Nocedal and Zhu 1995, §4, algorithm CP.
 *
 * @param x A point of the box. Shape [n].
 * @param gradient g at x. Shape [n].
 * @param workspace `cauchy`, shape [n], receives the Cauchy point; the rest is overwritten.
 * @returns Products of `cauchy` − x with the columns of `matrix`. Shape [2 · count].
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
): Float64Array {
  const { cauchy, buckets } = workspace;
  if (matrix.count === 0) {
    projectStep(x, gradient, 1 / matrix.theta, box, cauchy);
    return new Float64Array(0);
  }
  const { lower, upper } = box;
  const { times } = buckets;
  fillBuckets(buckets, matrix, x, gradient, box);

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

  for (let i = 0; i < x.length; i++) {
    const g = gradient[i]!;
    const t = times[i]!;
    if (t === 0) cauchy[i] = x[i]!;
    else if (t <= time) cauchy[i] = g < 0 ? upper[i]! : lower[i]!;
    // Rounding may carry x − t g past a bound whose breakpoint comes just after t.
    else cauchy[i] = clip(x[i]! - time * g, lower[i]!, upper[i]!);
  }
  return model.productsAt(time);
}

/**
 * target ← P(x − t g): the Cauchy point of a model θI at t = 1/θ. Such a model is a sum over
 * coordinates, each of which stops at that t or at its bound.
 */
function projectStep(
  x: Float64Array,
  gradient: Float64Array,
  t: number,
  { lower, upper }: Box,
  target: Float64Array,
): void {
  for (let i = 0; i < x.length; i++) {
    target[i] = clip(x[i]! - t * gradient[i]!, lower[i]!, upper[i]!);
  }
}

/** The bounds come first in the comparisons: most often neither holds, which is foreseeable. */
function clip(to: number, lower: number, upper: number): number {
  return to < lower ? lower : to > upper ? upper : to;
}

/** The t at which q is first least; `walk` goes through one bucket and says if it stopped there. */
function firstMinimiser(
  model: PathModel,
  buckets: BreakpointBuckets,
  walk: (bucket: number) => boolean,
): number {
  const { counts, first, last } = buckets;
  const finite = counts.length - 1;
  for (let bucket = 0; bucket < finite; bucket++) {
    if (counts[bucket] === 0) continue;
    model.enter(bucket);
    if (model.minimiser() < first[bucket]!) return model.minimiser();
    // Equal breakpoints bend the path once, whatever their number.
    if (first[bucket] === last[bucket] || model.fallsThroughout(bucket)) model.skip(bucket);
    else if (walk(bucket)) return model.minimiser();
  }
  // Where no coordinate is without a bound, nothing moves any more: slope 0, and the path has ended.
  model.enter(finite);
  return model.minimiser();
}

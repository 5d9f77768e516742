import { breakpointTimes, highWords } from "./breakpoint_times.ts";
import type { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";
import type { Box } from "./objective.ts";
import { addGramOfList, clearGram, readGram } from "./pair_products.ts";
import { GROUPS, type RowPass, type Segment } from "./pair_rows.ts";

/**
 * Buckets per factor of two in t: a width of 3 % or less. They cover 32 factors of two, 1/θ in their
 * middle; what is outside falls into the first or last.
 */
const PER_OCTAVE_LOG2 = 5;
/** Number of buckets of early breakpoints; the one after them holds the late ones, t = ∞ included. */
const BUCKETS = GROUPS - 1;
/** First bucket of breakpoints t ≥ 8/θ, which a path seldom comes to. */
const LATE = (BUCKETS >> 1) + (3 << PER_OCTAVE_LOG2);

/** Sums over the coordinates whose breakpoint falls into one bucket; all O(m) numbers each. */
export interface BreakpointBuckets {
  /** The breakpoints, see {@link breakpointTimes}. Shape [n]. */
  readonly times: Float64Array;
  /** Number of coordinates with their breakpoint in each bucket; late ones are in the last. */
  readonly counts: Int32Array;
  /** Least t_i in each bucket, and a bound below the late ones. */
  readonly first: Float64Array;
  /** Largest t_i in each bucket. */
  readonly last: Float64Array;
  /** Σ d_i² from this bucket to the end, d = −g; shape [buckets + 1]. */
  readonly squares: Float64Array;
  /** Σ d_i w_i from this bucket to the end, w_i row i of [S Y]; shape [buckets + 1, 2m]. */
  readonly directionProducts: Float64Array;
  /** Σ z_i w_i in this bucket, z_i = bound − x_i; shape [buckets + 1, 2m]. */
  readonly boundProducts: Float64Array;
  /** Σ |d_i| ‖Λw_i‖ in this bucket, Λ = diag(1 / ‖column‖). */
  readonly spread: Float64Array;
  /** Inner products of the columns over the pinned coordinates, or over the others if they are fewer. */
  gram: Float64Array;
  /** Whether it is those over the pinned ones. */
  gramIsOfPinned: boolean;
}

/** The arrays of {@link fillBuckets}, made once per minimisation. */
export function makeBuckets(times: Float64Array, stride: number): BreakpointBuckets {
  return {
    times,
    counts: new Int32Array(BUCKETS + 1),
    first: new Float64Array(BUCKETS + 1),
    last: new Float64Array(BUCKETS + 1),
    squares: new Float64Array(BUCKETS + 1),
    directionProducts: new Float64Array((BUCKETS + 1) * stride),
    boundProducts: new Float64Array((BUCKETS + 1) * stride),
    spread: new Float64Array(BUCKETS + 1),
    gram: new Float64Array(stride * stride),
    gramIsOfPinned: true,
  };
}

/**
 * Finds all breakpoints of the path P(x − t g) and sums over buckets of nearly equal ones, in one
 * pass over the rows of W.
 *
 * @param matrix With at least one pair.
 * @param all Whether breakpoints from 8/θ on get buckets too. Without, they are half the work: only
 *   the sums from the last bucket on are formed of them. The inner products come without alone.
 */
export function fillBuckets(
  buckets: BreakpointBuckets,
  matrix: LimitedMemoryMatrix,
  x: Float64Array,
  gradient: Float64Array,
  box: Box,
  all: boolean,
): void {
  const { pinned } = breakpointTimes(x, gradient, box, buckets.times);
  const pass = startFilling(buckets, matrix, x, gradient, box, pinned, all);
  matrix.rows.forEachRun(pass.addBlock);
  pass.finish();
}

/**
 * {@link fillBuckets}, for a pass over all rows that someone else makes: the update of the matrix.
 *
 * @param buckets With the breakpoints in place, of which `pinned` are pinned.
 * @param matrix With θ and the sizes of its columns as they are after the pass.
 */
export function startFilling(
  buckets: BreakpointBuckets,
  matrix: LimitedMemoryMatrix,
  x: Float64Array,
  gradient: Float64Array,
  { lower, upper }: Box,
  pinned: number,
  all: boolean,
): RowPass {
  const { times, counts, first, last } = buckets;
  counts.fill(0);
  first.fill(Infinity);
  last.fill(0);
  const firstKey = keyOf(1 / matrix.theta) - (BUCKETS >> 1);
  const late = all ? keyOf(Infinity) - firstKey : LATE;
  first[BUCKETS] = timeOf(late + firstKey);
  const listed = +(2 * pinned <= times.length);
  const weights = columnWeights(matrix);
  for (const { groups, vector } of matrix.rows.segments) {
    groups.fill(0);
    vector.set(weights);
  }
  clearGram(matrix);
  const words = highWords(times);
  const lateWord = (late + firstKey) << (20 - PER_OCTAVE_LOG2);
  const skipped = 1 - listed;

  const addBlock = (segment: Segment, from: number, to: number): void => {
    const { base, rowBytes, kernels, at, groups, groupsAt } = segment;
    const { list, factors, otherList, otherFactors, gramList } = segment;
    const groupBytes = groups.byteLength / GROUPS;
    let others = 0;
    let ofGram = 0;
    let early = 0;
    let row = base + (from - segment.from) * rowBytes;
    for (let i = from; i < to; i++) {
      // The high word of a positive double grows with it: exponent and leading bits of the mantissa
      // are a logarithmic bucket number for nothing. Those of a pinned coordinate are negative.
      const word = words[2 * i + 1]!;
      // Written always and counted if wanted: pinned ones and late ones come in no order to be
      // foretold.
      otherList[others] = row;
      otherFactors[others] = -gradient[i]!;
      others += +(word >= lateWord);
      gramList[ofGram] = row;
      ofGram += (word >>> 31) ^ skipped;
      if (+(word < lateWord) & +(times[i]! > 0)) list[2 * early++] = i;
      row += rowBytes;
    }
    let lateSquares = 0;
    for (let k = 0; k < others; k++) lateSquares += otherFactors[k]! * otherFactors[k]!;
    for (let k = 0; k < early; k++) {
      const i = list[2 * k]!;
      const g = gradient[i]!;
      const t = times[i]!;
      const bucket = clamp((words[2 * i + 1]! >> (20 - PER_OCTAVE_LOG2)) - firstKey, BUCKETS - 1);
      counts[bucket]!++;
      if (t < first[bucket]!) first[bucket] = t;
      if (t > last[bucket]!) last[bucket] = t;
      list[2 * k] = base + (i - segment.from) * rowBytes;
      list[2 * k + 1] = groupsAt + bucket * groupBytes;
      factors[2 * k] = -g;
      factors[2 * k + 1] = (g < 0 ? upper[i]! : lower[i]!) - x[i]!;
    }
    groups[groups.length - 2]! += lateSquares;
    counts[BUCKETS]! += others;
    if (early > 0) kernels.addToSums(at.list, at.list + 8 * early, at.factors, at.vector);
    if (others > 0) {
      const sums = groupsAt + BUCKETS * groupBytes;
      kernels.addWeighted(at.otherList, at.otherList + 4 * others, at.otherFactors, sums);
    }
    if (ofGram > 0 && !all) addGramOfList(segment, at.gramList, ofGram, matrix.count);
  };
  const finish = (): void => {
    collect(buckets, matrix);
    if (all) return;
    buckets.gram = readGram(matrix);
    buckets.gramIsOfPinned = listed === 1;
  };
  return { addBlock, finish };
}

/** Adds up the segments' sums, those over the coordinates still moving from the last bucket on. */
function collect(
  { squares, directionProducts, boundProducts, spread }: BreakpointBuckets,
  { stride, rows }: LimitedMemoryMatrix,
): void {
  squares.fill(0);
  directionProducts.fill(0);
  boundProducts.fill(0);
  spread.fill(0);
  for (const { groups } of rows.segments) {
    for (let bucket = BUCKETS; bucket >= 0; bucket--) {
      const to = bucket * stride;
      const from = bucket * (2 * stride + 2);
      for (let j = 0; j < stride; j++) {
        directionProducts[to + j]! += groups[from + j]!;
        boundProducts[to + j]! += groups[from + stride + j]!;
      }
      squares[bucket]! += groups[from + 2 * stride]!;
      spread[bucket]! += groups[from + 2 * stride + 1]!;
    }
  }
  for (let bucket = BUCKETS - 1; bucket >= 0; bucket--) {
    squares[bucket]! += squares[bucket + 1]!;
    for (let j = 0; j < stride; j++) {
      directionProducts[bucket * stride + j]! += directionProducts[(bucket + 1) * stride + j]!;
    }
  }
}

/** Λ²: 1 / ‖column‖² for each column of [S Y] in use. */
export function columnWeights({ gram, stride, count }: LimitedMemoryMatrix): Float64Array {
  return Float64Array.from({ length: 2 * count }, (_, j) => 1 / gram[j * stride + j]!);
}

/** Writes the indices of the coordinates in one bucket into `indices`, and returns that part. */
export function indicesInBucket(
  { times, first, last }: BreakpointBuckets,
  bucket: number,
  indices: Int32Array,
): Int32Array {
  const low = first[bucket]!;
  const high = last[bucket]!;
  let count = 0;
  for (let i = 0; i < times.length; i++) {
    if (times[i]! >= low && times[i]! <= high) indices[count++] = i;
  }
  return indices.subarray(0, count);
}

function keyOf(t: number): number {
  return new Int32Array(Float64Array.of(t).buffer)[1]! >> (20 - PER_OCTAVE_LOG2);
}

/** The least t with a key. */
function timeOf(key: number): number {
  return new Float64Array(Int32Array.of(0, key << (20 - PER_OCTAVE_LOG2)).buffer)[0]!;
}

function clamp(key: number, largest: number): number {
  return key < 0 ? 0 : key > largest ? largest : key;
}

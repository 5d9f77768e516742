import type { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";
import type { Box } from "./objective.ts";
import { GROUPS, ROWS_PER_BLOCK, type Segment } from "./pair_rows.ts";

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
  /** t_i, the breakpoint of coordinate i; 0 where −g_i points out of the box or is 0. Shape [n]. */
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
  };
}

/**
 * Finds all breakpoints of the path P(x − t g) and sums over buckets of nearly equal ones, in one
 * pass over the rows of W.
 *
 * t_i = (x_i − u_i) / g_i for g_i < 0, (x_i − l_i) / g_i for g_i > 0, else ∞: BLNZ 1995, eq. (4.1).
 *
 * @param matrix With at least one pair.
 * @param all Whether breakpoints from 8/θ on get buckets too. Without, they are half the work: only
 *   the sums from the last bucket on are formed of them.
 */
export function fillBuckets(
  buckets: BreakpointBuckets,
  matrix: LimitedMemoryMatrix,
  x: Float64Array,
  gradient: Float64Array,
  box: Box,
  all: boolean,
): void {
  const { counts, first, last } = buckets;
  counts.fill(0);
  first.fill(Infinity);
  last.fill(0);
  const weights = columnWeights(matrix);
  const firstKey = keyOf(1 / matrix.theta) - (BUCKETS >> 1);
  const late = all ? keyOf(Infinity) - firstKey : LATE;
  first[BUCKETS] = timeOf(late + firstKey);
  for (const segment of matrix.rows.segments) {
    segment.groups.fill(0);
    segment.vector.set(weights);
    addSegment(buckets, segment, x, gradient, box, firstKey, late);
  }
  collect(buckets, matrix);
}

function addSegment(
  { times, counts, first, last }: BreakpointBuckets,
  segment: Segment,
  x: Float64Array,
  gradient: Float64Array,
  { lower, upper }: Box,
  firstKey: number,
  late: number,
): void {
  const { from, to, base, rowBytes, kernels, at, groups, groupsAt } = segment;
  const { list, factors, otherList, otherFactors } = segment;
  const groupBytes = groups.byteLength / GROUPS;
  let lateSquares = 0;
  let lateCount = 0;
  const bits = new Int32Array(times.buffer, times.byteOffset, 2 * times.length);
  const signs = new Int32Array(gradient.buffer, gradient.byteOffset, 2 * gradient.length);
  const bounds = new Float64Array(2);
  for (let start = from; start < to; start += ROWS_PER_BLOCK) {
    const end = Math.min(start + ROWS_PER_BLOCK, to);
    let listed = 0;
    let others = 0;
    let row = base + (start - from) * rowBytes;
    for (let i = start; i < end; i++) {
      const g = gradient[i]!;
      // Looked up by the sign bit: no processor foretells a branch on the sign of a gradient.
      bounds[0] = lower[i]!;
      bounds[1] = upper[i]!;
      const z = bounds[signs[2 * i + 1]! >>> 31]! - x[i]!;
      const t = g === 0 ? 0 : Math.abs(z / g);
      times[i] = t;
      // The high word of a positive double grows with it: exponent and leading bits of the mantissa
      // are a logarithmic bucket number for nothing. Every platform of Deno is little-endian.
      const key = (bits[2 * i + 1]! >> (20 - PER_OCTAVE_LOG2)) - firstKey;
      // Written always and counted if late: t = 0 and late ones come in no order to be foretold.
      const isLate = +(key >= late);
      otherList[others] = row;
      otherFactors[others] = -g;
      others += isLate;
      lateSquares += isLate * g * g;
      if (+(key < late) & +(t > 0)) {
        const bucket = clamp(key, BUCKETS - 1);
        counts[bucket]!++;
        if (t < first[bucket]!) first[bucket] = t;
        if (t > last[bucket]!) last[bucket] = t;
        list[2 * listed] = row;
        list[2 * listed + 1] = groupsAt + bucket * groupBytes;
        factors[2 * listed] = -g;
        factors[2 * listed++ + 1] = z;
      }
      row += rowBytes;
    }
    lateCount += others;
    if (listed > 0) kernels.addToSums(at.list, at.list + 8 * listed, at.factors, at.vector);
    if (others > 0) {
      const sums = groupsAt + BUCKETS * groupBytes;
      kernels.addWeighted(at.otherList, at.otherList + 4 * others, at.otherFactors, sums);
    }
  }
  groups[groups.length - 2]! += lateSquares;
  counts[BUCKETS]! += lateCount;
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

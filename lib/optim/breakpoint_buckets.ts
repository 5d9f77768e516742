import type { LimitedMemoryMatrix } from "./limited_memory_matrix.ts";
import type { Box } from "./objective.ts";

/** Buckets per factor of two in t: a width of 3 % or less. */
const PER_OCTAVE_LOG2 = 5;
/** Factors of two covered, 1/θ in their middle; what is outside falls into the first or last. */
const OCTAVES = 32;
/** Number of buckets of finite breakpoints; the one after them holds t = ∞. */
const BUCKETS = OCTAVES << PER_OCTAVE_LOG2;

/** Sums over the coordinates whose breakpoint falls into one bucket; all O(m) numbers each. */
export interface BreakpointBuckets {
  /** t_i, the breakpoint of coordinate i; 0 where −g_i points out of the box or is 0. Shape [n]. */
  readonly times: Float64Array;
  /** Number of coordinates with their breakpoint in each bucket; t = ∞ is the last. */
  readonly counts: Int32Array;
  /** Least t_i in each bucket. */
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
 */
export function fillBuckets(
  buckets: BreakpointBuckets,
  matrix: LimitedMemoryMatrix,
  x: Float64Array,
  gradient: Float64Array,
  { lower, upper }: Box,
): void {
  const { times, counts, first, last, squares, directionProducts, boundProducts, spread } = buckets;
  const { rows, stride, theta } = matrix;
  const width = 2 * matrix.count;
  const weights = columnWeights(matrix);
  const bits = new Int32Array(times.buffer, times.byteOffset, 2 * times.length);
  const signs = new Int32Array(gradient.buffer, gradient.byteOffset, 2 * gradient.length);
  const bounds = new Float64Array(2);
  const firstKey = keyOf(1 / theta) - (BUCKETS >> 1);
  counts.fill(0);
  first.fill(Infinity);
  last.fill(0);
  squares.fill(0);
  directionProducts.fill(0);
  boundProducts.fill(0);
  spread.fill(0);

  for (let i = 0; i < x.length; i++) {
    const g = gradient[i]!;
    // Looked up by the sign bit: no processor foretells a branch on the sign of a gradient.
    bounds[0] = lower[i]!;
    bounds[1] = upper[i]!;
    const z = bounds[signs[2 * i + 1]! >>> 31]! - x[i]!;
    const t = g === 0 ? 0 : -z / g;
    if (!(t > 0)) {
      times[i] = 0;
      continue;
    }
    times[i] = t;
    const finite = t < Infinity;
    // The high word of a positive double grows with it: exponent and leading bits of the mantissa
    // are a logarithmic bucket number for nothing. Every platform of Deno is little-endian.
    const bucket = finite
      ? clamp((bits[2 * i + 1]! >> (20 - PER_OCTAVE_LOG2)) - firstKey, BUCKETS - 1)
      : BUCKETS;
    counts[bucket]!++;
    if (t < first[bucket]!) first[bucket] = t;
    if (t > last[bucket]!) last[bucket] = t;
    squares[bucket]! += g * g;
    if (width === 0) continue;

    const row = i * stride;
    const sums = bucket * stride;
    let size = 0;
    if (finite) {
      for (let j = 0; j < width; j++) {
        const w = rows[row + j]!;
        directionProducts[sums + j]! -= g * w;
        boundProducts[sums + j]! += z * w;
        size += w * w * weights[j]!;
      }
      spread[bucket]! += Math.abs(g) * Math.sqrt(size);
    } else {
      for (let j = 0; j < width; j++) directionProducts[sums + j]! -= g * rows[row + j]!;
    }
  }
  for (let bucket = BUCKETS - 1; bucket >= 0; bucket--) {
    squares[bucket]! += squares[bucket + 1]!;
    for (let j = 0; j < width; j++) {
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

function clamp(key: number, largest: number): number {
  return key < 0 ? 0 : key > largest ? largest : key;
}

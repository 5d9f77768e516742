import type { Box } from "./objective.ts";

/**
 * Finds all breakpoints of the path P(x − t g): t_i = (x_i − u_i) / g_i for g_i < 0,
 * (x_i − l_i) / g_i for g_i > 0, and 0 for g_i = 0. A pinned coordinate, which is on a bound and
 * never leaves it, gets −0: the same number, with a sign to tell it by, see {@link isPinned}.
 *
 * Source: Byrd, Lu, Nocedal and Zhu 1995, eq. (4.1); it has ∞ for g_i = 0, where nothing moves either.
 *
 * @param times Receives the breakpoints. Shape [n].
 * @returns The number of pinned coordinates, and ‖P(x − g) − x‖∞, which the same numbers give: it is
 *   0 exactly where x satisfies the first-order conditions in the box (eq. 6.1).
 */
export function breakpointTimes(
  x: Float64Array,
  gradient: Float64Array,
  { lower, upper }: Box,
  times: Float64Array,
): { readonly pinned: number; readonly projectedGradientNorm: number } {
  const signs = highWords(gradient);
  const bounds = new Float64Array(2);
  let pinned = 0;
  let largest = 0;
  for (let i = 0; i < times.length; i++) {
    const g = gradient[i]!;
    const from = x[i]!;
    const low = lower[i]!;
    const high = upper[i]!;
    // Looked up by the sign bit: no processor foretells a branch on the sign of a gradient, nor on
    // which of two lengths is the smaller one.
    bounds[0] = low;
    bounds[1] = high;
    const room = Math.abs(bounds[signs[2 * i + 1]! >>> 31]! - from);
    const length = Math.abs(g);
    const t = g === 0 ? 0 : room / length;
    const stays = +(t === 0) & (+(from <= low) | +(from >= high));
    times[i] = t * (1 - 2 * stays);
    pinned += stays;
    if (+(length > largest) & +(room > largest)) largest = Math.min(length, room);
  }
  return { pinned, projectedGradientNorm: largest };
}

/** 1 for a pinned coordinate, 0 else, from the {@link highWords} of its breakpoint. */
export function isPinned(timeWords: Int32Array, i: number): number {
  return timeWords[2 * i + 1]! >>> 31;
}

/**
 * Two words for each number, of which the second has sign, exponent and leading bits of the mantissa:
 * every platform of Deno is little-endian.
 */
export function highWords(numbers: Float64Array): Int32Array {
  return new Int32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
}

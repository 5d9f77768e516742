/** Some consecutive entries of the flat vector x that share one range, such as a tensor. */
export interface QuantisationGroup {
  /** Index of the first entry. */
  readonly offset: number;
  /** Number of entries. */
  readonly length: number;
}

/**
 * Rounds each group of entries to 2ᵇ equally spaced levels from its least to its largest entry.
 *
 * Both ends are levels, so the step is (max − min)/(2ᵇ − 1) and no entry moves by more than half of
 * it. A group of equal entries stays as it is.
 *
 * @param groups Together all of x, each entry once; unchecked.
 * @param bits b, from 1 to 52.
 *
 * @example Two bits are four levels
 * ```ts
 * import { quantise } from "./quantise.ts";
 * import assert from "node:assert/strict";
 *
 * const rounded = quantise(Float64Array.of(0, 0.4, 1.2, 3), [{ offset: 0, length: 4 }], 2);
 * assert.deepEqual([...rounded], [0, 0, 1, 3]);
 * ```
 */
export function quantise(
  x: Float64Array,
  groups: readonly QuantisationGroup[],
  bits: number,
): Float64Array {
  const rounded = x.slice();
  for (const { offset, length } of groups) {
    const part = rounded.subarray(offset, offset + length);
    let least = Infinity;
    let most = -Infinity;
    for (let i = 0; i < length; i++) {
      least = Math.min(least, part[i]!);
      most = Math.max(most, part[i]!);
    }
    const step = (most - least) / (2 ** bits - 1);
    if (!(step > 0)) continue;
    for (let i = 0; i < length; i++) {
      part[i] = least + step * Math.round((part[i]! - least) / step);
    }
  }
  return rounded;
}

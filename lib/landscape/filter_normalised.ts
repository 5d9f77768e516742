import { type Stream, stream } from "../random/stream.ts";

/** One tensor of a network within the flat vector x, as a set of filters. */
export interface FilterBlock {
  /** Index of its first entry in x. */
  readonly offset: number;
  /** Its number of entries. */
  readonly size: number;
  /**
   * Its number of filters, which is the length of its last axis: entry i belongs to filter i mod
   * `filters`. 0 if it has none: a bias, or a parameter of a norm.
   */
  readonly filters: number;
}

/** How {@link filterNormalised} treats what belongs to no filter. */
export type Unfiltered = "zero" | "entry";

/**
 * The direction d, filter by filter as long as x: d_ij ← d_ij / ‖d_ij‖₂ · ‖θ_ij‖₂, where θ_ij is
 * filter j of layer i. Of a dense layer a filter is what leads to one unit.
 *
 * A network with ReLU is unchanged if one layer is scaled up and the next one down. A direction
 * that is normalised so scales with it, and the surface stays as it is.
 *
 * Source: Li et al. 2018, Visualizing the Loss Landscape of Neural Nets, §4.
 *
 * @param direction Length n.
 * @param x θ, length n.
 * @param blocks Cover x without overlap.
 * @param unfiltered Biases and parameters of norms: `zero` as in the paper, by default; or each
 *   `entry` a filter of its own.
 * @throws {TypeError} If direction and x have different lengths, or the blocks do not cover x.
 *
 * @example
 * ```ts
 * import { filterNormalised } from "./filter_normalised.ts";
 * import assert from "node:assert/strict";
 *
 * // A kernel of 2 inputs and 2 units, then their biases.
 * const blocks = [{ offset: 0, size: 4, filters: 2 }, { offset: 4, size: 2, filters: 0 }];
 * const x = Float64Array.of(3, 0, 4, 1, 7, 7);
 * const d = filterNormalised(Float64Array.of(1, -2, 0, 0, 5, 5), x, blocks);
 * assert.deepEqual(d, Float64Array.of(5, -1, 0, 0, 0, 0));
 * ```
 */
export function filterNormalised(
  direction: Float64Array,
  x: Float64Array,
  blocks: readonly FilterBlock[],
  unfiltered: Unfiltered = "zero",
): Float64Array {
  const covered = blocks.reduce((sum, { size }) => sum + size, 0);
  if (direction.length !== x.length || covered !== x.length) {
    throw new TypeError(
      `Cannot normalise a direction of ${direction.length} entries at a point of ${x.length} by ` +
        `filters of ${covered}; give all three of one network`,
    );
  }
  const normalised = new Float64Array(x.length);
  for (const { offset, size, filters } of blocks) {
    const count = filters > 0 ? filters : unfiltered === "entry" ? size : 0;
    for (let j = 0; j < count; j++) {
      let [ofDirection, ofPoint] = [0, 0];
      for (let i = offset + j; i < offset + size; i += count) {
        ofDirection += direction[i]! ** 2;
        ofPoint += x[i]! ** 2;
      }
      const factor = ofDirection > 0 ? Math.sqrt(ofPoint / ofDirection) : 0;
      for (let i = offset + j; i < offset + size; i += count) {
        normalised[i] = factor * direction[i]!;
      }
    }
  }
  return normalised;
}

/**
 * Two Gaussian directions, filter-normalised at x.
 *
 * Equal seeds draw equal Gaussians at every x, so that surfaces of two minima can be compared.
 *
 * @throws {TypeError} See {@link filterNormalised}.
 */
export function filterNormalisedPair(
  x: Float64Array,
  blocks: readonly FilterBlock[],
  seed: number,
  unfiltered: Unfiltered = "zero",
): [Float64Array, Float64Array] {
  const drawn = (name: Stream) => {
    const direction = new Float64Array(x.length);
    name.fillNormal(direction, 0);
    return filterNormalised(direction, x, blocks, unfiltered);
  };
  return [drawn(stream(seed, "surface", 0)), drawn(stream(seed, "surface", 1))];
}

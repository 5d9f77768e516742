import { applyToAll, type LinearOperator } from "./operator.ts";

/** Indices `start` … `end` − 1. */
export interface IndexRange {
  /** First index. */
  readonly start: number;
  /** One beyond the last. */
  readonly end: number;
}

/**
 * The diagonal block of an operator that belongs to some coordinates: with S the unit vectors of the
 * ranges, v ↦ SᵀHSv. Of a Hessian and a layer's range it is the curvature of f along that layer's
 * weights alone, with the others held fixed. By interlacing, its eigenvalues lie between those of
 * H.
 *
 * A product costs one product with H. The block's coordinates stand in the order of the ranges.
 *
 * @param ranges At least one, none empty, ascending and apart.
 * @throws {RangeError} If they are not, or leave the operator's dimension.
 *
 * @example The lower right block of a 3 × 3 matrix
 * ```ts
 * import { blockOperator } from "./block_operator.ts";
 * import assert from "node:assert/strict";
 *
 * const whole = {
 *   dimension: 3,
 *   apply: ([a, b, c]: Float64Array) =>
 *     Promise.resolve(Float64Array.of(4 * a! + b!, a! + 3 * b! - c!, 2 * c! - b!)),
 * };
 * const block = blockOperator(whole, [{ start: 1, end: 3 }]);
 * assert.deepEqual([...await block.apply(Float64Array.of(1, 1))], [2, 1]);
 * ```
 */
export function blockOperator(
  operator: LinearOperator,
  ranges: readonly IndexRange[],
): LinearOperator {
  assertRanges(ranges, operator.dimension);
  const dimension = ranges.reduce((total, { start, end }) => total + end - start, 0);
  const embed = (v: Float64Array): Float64Array => {
    const whole = new Float64Array(operator.dimension);
    let at = 0;
    for (const { start, end } of ranges) {
      whole.set(v.subarray(at, at + end - start), start);
      at += end - start;
    }
    return whole;
  };
  const restrict = (whole: Float64Array): Float64Array => {
    const part = new Float64Array(dimension);
    let at = 0;
    for (const { start, end } of ranges) {
      part.set(whole.subarray(start, end), at);
      at += end - start;
    }
    return part;
  };
  return {
    dimension,
    apply: async (v) => restrict(await operator.apply(embed(v))),
    async applyAll(vectors) {
      return (await applyToAll(operator, vectors.map(embed))).map(restrict);
    },
  };
}

function assertRanges(ranges: readonly IndexRange[], dimension: number): void {
  const fits = ranges.every(({ start, end }, k) =>
    Number.isInteger(start) && Number.isInteger(end) && start < end && end <= dimension &&
    start >= (ranges[k - 1]?.end ?? 0)
  );
  if (fits && ranges.length > 0) return;
  const list = ranges.map(({ start, end }) => `${start}…${end}`).join(", ");
  throw new RangeError(
    `Cannot take the block of coordinates [${list}] out of ${dimension}; ` +
      "give ascending ranges start < end, which do not overlap",
  );
}

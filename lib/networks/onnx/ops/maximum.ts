import { argMax } from "../../../graph/ops/arg_max.ts";
import { mul } from "../../../graph/ops/mul.ts";
import { oneHot } from "../../../graph/ops/one_hot.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { sum } from "../../../graph/ops/sum.ts";
import { transpose } from "../../../graph/ops/transpose.ts";
import { reducedShape, sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";

/**
 * The largest entry along some axes, without rounding: the entry at the first largest one's place.
 *
 * max(a, b) = b + max(a − b, 0) would round, and lose a whole entry beside a mask's.
 *
 * @throws {RangeError} If there is no entry along them.
 */
export function largestAlong(x: Value, axes: readonly number[], keepDimensions: boolean): Value {
  if (axes.length === 0) return x;
  const others = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  const count = sizeOf(axes.map((axis) => x.shape[axis]!));
  if (count === 0) throw new RangeError("it asks for the largest of no entries");
  const rows = sizeOf(others.map((axis) => x.shape[axis]!));
  const matrix = reshape(transpose(x, [...others, ...axes]), [rows, count]);
  const largest = sum(mul(matrix, oneHot(argMax(matrix), count)), [1]);
  return reshape(largest, reducedShape(x.shape, axes, keepDimensions));
}

/** Taking one of two values entry by entry, without arithmetic on them. */
import { jvp } from "../../../graph/jvp.ts";
import { add } from "../../../graph/ops/add.ts";
import { concat } from "../../../graph/ops/concat.ts";
import { constant } from "../../../graph/ops/constant.ts";
import { maxPool } from "../../../graph/ops/max_pool.ts";
import { mul, scale } from "../../../graph/ops/mul.ts";
import { passWherePositive, relu } from "../../../graph/ops/relu.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { sub } from "../../../graph/ops/sub.ts";
import { broadcastTo } from "../../../graph/ops/sum.ts";
import { broadcastShapes, type Shape, showShape, sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";

/** 1 where x > 0, else 0; no derivative sees where it jumps. */
export function isPositive(x: Value): Value {
  return passWherePositive(broadcastTo(constant(1), x.shape), x);
}

/** 1 − x: of a truth value its opposite. */
export function complement(x: Value): Value {
  return sub(constant(1), x);
}

/**
 * `yes` where the condition is 1, `no` where it is 0, entry by entry, with broadcasting.
 *
 * Products with the condition would be NaN where the value that is not taken is infinite or NaN, as
 * is √x of x < 0. The tangent of max pooling takes, of each window, the entry that stands where the
 * largest one does; so the value comes out as it is, and the derivative by the other one is 0.
 *
 * @param condition Entries 0 and 1.
 * @throws {RangeError} If the shapes do not broadcast.
 */
export function chosen(condition: Value, yes: Value, no: Value): Value {
  const shape = [condition, yes, no].map((each) => each.shape).reduce((a, b) => {
    const common = broadcastShapes(a, b);
    if (common) return common;
    throw new RangeError(`its inputs ${showShape(a)} and ${showShape(b)} do not broadcast`);
  });
  const places = pairs(condition, complement(condition), shape);
  const largest = maxPool(places, { window: 2, stride: 2 });
  const [taken] = jvp([largest], [places], [pairs(yes, no, shape)]);
  return reshape(taken!, shape);
}

/** Images of two rows, each entry of the one above that of the other. */
function pairs(above: Value, below: Value, shape: Shape): Value {
  const count = shape[0] ?? 1;
  const row = [count, 1, 1, count === 0 ? 0 : sizeOf(shape) / count];
  return concat([above, below].map((each) => reshape(broadcastTo(each, shape), row)), 1);
}

/** The larger of two values; where they are equal, the second one has the derivative. */
export function largerOf(a: Value, b: Value): Value {
  return outermost(a, b, sub(a, b));
}

/** The smaller of two values; where they are equal, the second one has the derivative. */
export function smallerOf(a: Value, b: Value): Value {
  return outermost(a, b, sub(b, a));
}

/** a where it leads, else b; NaN where either is. */
function outermost(a: Value, b: Value, lead: Value): Value {
  return add(chosen(isPositive(lead), a, b), add(unlessNaN(a), unlessNaN(b)));
}

/** max(x, low); at x = low ≠ 0 the derivative is 1, at low = 0 it is 0, as ReLU's. */
export function atLeast(x: Value, low: number): Value {
  if (low === 0) return relu(x);
  const bound = constant(low);
  return add(chosen(isPositive(sub(bound, x)), bound, x), unlessNaN(x));
}

/** min(x, high); at x = high the derivative is 1. */
export function atMost(x: Value, high: number): Value {
  const bound = constant(high);
  return add(chosen(isPositive(sub(x, bound)), bound, x), unlessNaN(x));
}

/**
 * min(max(x, 0), high), as ReLU6, for finite x; of ∞ it is NaN.
 *
 * It stands behind every convolution of a MobileNet, and by products it takes a fifth of the time.
 */
export function cappedRelu(x: Value, high: number): Value {
  const y = relu(x);
  const isBelow = isPositive(sub(constant(high), y));
  return add(mul(y, isBelow), scale(complement(isBelow), high));
}

/** 0 without a derivative, or NaN where x is: no comparison tells it. */
function unlessNaN(x: Value): Value {
  return relu(scale(relu(x), -1));
}

/** Products along axes. */
import { mul } from "../../../graph/ops/mul.ts";
import { slice } from "../../../graph/ops/slice.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { reducedShape, type Shape } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import { reduced } from "../host.ts";
import type { OnnxNode } from "../node.ts";
import { graphOperand } from "../operand.ts";
import { axisOf, known, type Rules } from "../rule.ts";
import type { HostTensor } from "../tensor.ts";
import { realValue } from "./entrywise.ts";

function axesOf(shape: Shape, given: HostTensor | undefined, node: OnnxNode): readonly number[] {
  const axes = given ? [...given.data] : node.ints("axes") ?? [];
  if (axes.length > 0) return axes.map((axis) => axisOf(axis, shape.length));
  return node.int("noop_with_empty_axes", 0) === 1 ? [] : shape.map((_, axis) => axis);
}

/** Entry by entry, without a quotient: a factor of 0 keeps the derivatives by the others. */
function productAlong(x: Value, axis: number): Value {
  const parts = Array.from({ length: x.shape[axis]! }, (_, place) =>
    slice(
      x,
      x.shape.map((_, each) => each === axis ? place : 0),
      x.shape.with(axis, 1),
    ));
  if (parts.length > 0) return parts.reduce(mul);
  throw new RangeError("it asks for the product of no entries of the examples' values");
}

/** The rules. */
export const REDUCE_PRODUCT_RULES: Rules = {
  ReduceProd: {
    host: ([x, axes], node) => {
      const product = (entries: readonly number[]) => entries.reduce((a, b) => a * b, 1);
      const along = axesOf(x!.shape, axes, node);
      return [reduced(x!, along, node.int("keepdims", 1) === 1, product)];
    },
    graph([x, axes], node, context) {
      const along = axesOf(x!.shape, known(axes, "axes"), node);
      const value = along.reduce(productAlong, realValue(x, context));
      const keep = node.int("keepdims", 1) === 1;
      return [graphOperand(reshape(value, reducedShape(x!.shape, along, keep)))];
    },
  },
};

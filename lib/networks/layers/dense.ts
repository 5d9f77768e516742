import { add } from "../../graph/ops/add.ts";
import { matMul } from "../../graph/ops/mat_mul.ts";
import { reshape } from "../../graph/ops/reshape.ts";
import { sizeOf } from "../../graph/shape.ts";
import type { Layer } from "../layer.ts";

/**
 * Fully connected: y = xW + b, with W of shape [in, out] drawn Glorot-uniform and b zero.
 *
 * An input with more than two axes is flattened first.
 *
 * @throws {RangeError} If `units` is not a positive integer.
 */
export function dense(units: number): Layer {
  if (!(Number.isInteger(units) && units > 0)) {
    throw new RangeError(`Cannot make a dense layer of ${units} units; want a positive integer`);
  }
  return {
    kind: "dense",
    build(input, scope) {
      const features = sizeOf(input.shape.slice(1));
      const flat = reshape(input, [input.shape[0]!, features]);
      const kernel = scope.parameter("kernel", [features, units], "glorot-uniform");
      const bias = scope.parameter("bias", [units], "zeros");
      return add(matMul(flat, kernel), bias);
    },
  };
}

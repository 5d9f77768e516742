import { sizeOf } from "./shape.ts";
import { topologicalOrder, type Value } from "./value.ts";

/** Multiply-adds of one node: of matrix products and the three contractions of a convolution. */
const OF_NODE: Record<string, (node: Value) => number> = {
  matMul: ({ shape, inputs, attributes }) =>
    sizeOf(shape) * inputs[0]!.shape[attributes.transposeA ? 0 : 1]!,
  batchMatMul: ({ shape, inputs, attributes }) =>
    sizeOf(shape) * inputs[0]!.shape.at(attributes.transposeA ? -2 : -1)!,
  conv2d: ({ shape, inputs }) => ofConvolution(inputs[1]!, { shape }),
  conv2dInputGradient: ({ inputs }) => ofConvolution(inputs[0]!, inputs[1]!),
  conv2dKernelGradient: ({ shape, inputs }) => ofConvolution({ shape }, inputs[1]!),
};

/**
 * Multiply-adds of all matrix products and convolutions that the values need, each node once.
 *
 * A convolution counts every tap at every pixel of its output, padding included; element-wise ops
 * count nothing.
 */
export function multiplyAdds(values: readonly Value[]): number {
  return topologicalOrder(values).reduce(
    (total, node) => total + (OF_NODE[node.op.name]?.(node) ?? 0),
    0,
  );
}

/** Of a kernel [h, w, in, out] that is slid over an image with so many output pixels. */
function ofConvolution(kernel: Pick<Value, "shape">, output: Pick<Value, "shape">): number {
  return sizeOf(kernel.shape) * sizeOf(output.shape.slice(0, -1));
}

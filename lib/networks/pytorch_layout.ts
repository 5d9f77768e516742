import { type Shape, sizeOf } from "../graph/shape.ts";
import type { ForeignTensor } from "./foreign_modules.ts";
import type { Network } from "./network.ts";

/**
 * The shape in which PyTorch keeps a parameter: Linear weights are [out, in], Conv2d weights
 * [out, in, height, width]; vectors are the same.
 */
export function pytorchShape(shape: Shape): Shape {
  if (shape.length === 2) return [shape[1]!, shape[0]!];
  if (shape.length === 4) return [shape[3]!, shape[2]!, shape[0]!, shape[1]!];
  return shape;
}

/**
 * Entries of a PyTorch weight in Basin's order: [in, out] for dense kernels, [height, width, in, out]
 * for convolutions.
 *
 * PyTorch flattens images as [channels, height, width], Basin as [height, width, channels], so the
 * inputs of a dense layer that reads an image are reordered too.
 *
 * @param tensor Of the shape {@link pytorchShape} of `shape`; unchecked.
 * @param shape Basin's shape.
 * @param channels Channels of what a dense layer reads, see {@link channelsBefore}.
 *
 * @example
 * ```ts
 * import { fromPytorch } from "./pytorch_layout.ts";
 * import assert from "node:assert/strict";
 *
 * const weight = { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }; // [out, in]
 * assert.deepEqual([...fromPytorch(weight, [3, 2], 3)], [1, 4, 2, 5, 3, 6]);
 * // Two channels of two pixels each.
 * const readsImage = { shape: [1, 4], data: [10, 11, 20, 21] };
 * assert.deepEqual([...fromPytorch(readsImage, [4, 1], 2)], [10, 20, 11, 21]);
 * ```
 */
export function fromPytorch(tensor: ForeignTensor, shape: Shape, channels: number): Float64Array {
  const { data } = tensor;
  const target = new Float64Array(sizeOf(shape));
  if (shape.length === 2) {
    const [inputs, outputs] = shape as readonly [number, number];
    const pixels = inputs / channels;
    for (let input = 0; input < inputs; input++) {
      const source = (input % channels) * pixels + Math.floor(input / channels);
      for (let o = 0; o < outputs; o++) target[input * outputs + o] = data[o * inputs + source]!;
    }
    return target;
  }
  if (shape.length === 4) {
    const [height, width, inputs, outputs] = shape as readonly [number, number, number, number];
    const pixels = height * width;
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let i = 0; i < inputs; i++) {
        for (let o = 0; o < outputs; o++) {
          target[(pixel * inputs + i) * outputs + o] = data[(o * inputs + i) * pixels + pixel]!;
        }
      }
    }
    return target;
  }
  for (let i = 0; i < target.length; i++) target[i] = data[i]!;
  return target;
}

/** Channels of what a dense layer flattens; of a vector they are all its entries. */
export function channelsBefore({ layers, parameters, inputShape }: Network, layer: string): number {
  const position = layers.findIndex(({ name }) => name === layer);
  const kernels = layers.slice(0, position).map(({ name }) =>
    parameters.find((parameter) => parameter.name === `${name}/kernel`)
  );
  const last = kernels.findLast((kernel) => kernel !== undefined);
  return (last?.shape ?? inputShape).at(-1)!;
}

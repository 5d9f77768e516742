import { add } from "../../graph/ops/add.ts";
import { conv2d } from "../../graph/ops/conv2d.ts";
import type { Convolution } from "../../graph/window.ts";
import type { Layer } from "../layer.ts";

/**
 * Convolution of images with `filters` square kernels, plus a bias a filter; the kernel has the
 * shape [size, size, in, out] and is drawn Glorot-uniform, the bias is zero.
 *
 * @param options Stride, default 1, and padding, default `same`.
 * @throws {RangeError} If filters, size or stride is not a positive integer.
 */
export function conv(
  filters: number,
  size: number,
  { stride = 1, padding = "same" }: Partial<Convolution> = {},
): Layer {
  if (![filters, size, stride].every((extent) => Number.isInteger(extent) && extent > 0)) {
    throw new RangeError(
      `Cannot make a convolution of ${filters} filters of size ${size} and stride ${stride}; ` +
        "want positive integers",
    );
  }
  return {
    kind: "conv",
    build(input, scope) {
      const channels = input.shape.at(-1)!;
      const kernel = scope.parameter("kernel", [size, size, channels, filters], "glorot-uniform");
      const bias = scope.parameter("bias", [filters], "zeros");
      return add(conv2d(input, kernel, { stride, padding }), bias);
    },
  };
}

/** Convolutions, with groups, dilation, and any stride and padding. */
import { add } from "../../../graph/ops/add.ts";
import { concat } from "../../../graph/ops/concat.ts";
import { conv2d } from "../../../graph/ops/conv2d.ts";
import { matMul } from "../../../graph/ops/mat_mul.ts";
import { mul } from "../../../graph/ops/mul.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { slice } from "../../../graph/ops/slice.ts";
import { transpose } from "../../../graph/ops/transpose.ts";
import { type Shape, sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import { slide } from "../../../graph/window.ts";
import { channelsLast, graphOperand, imageOperand, plain } from "../operand.ts";
import { asGraph, type RuleContext, type Rules, valueOf } from "../rule.ts";
import { floats } from "../tensor.ts";
import { padImages, type SlidingWindow, slidingWindow, tapOf, tapsOf } from "./window.ts";

/**
 * Entries of the kernel at one tap up to which groups are one dense convolution: engines compute that
 * so much faster than parts and taps that the products with 0 do not matter.
 */
const MOST_DENSE = 128 ** 2;

/** Channels of a group below which convolutions leave the lanes of a vector empty. */
const NARROW = 4;

/** Images [N, H, W, C] with a kernel [h, w, C, K]. */
function convolved(x: Value, kernel: Value, sliding: SlidingWindow, context: RuleContext): Value {
  const { window, strides, dilations, before, after } = sliding;
  const isSquare = strides[0] === strides[1] && dilations.every((dilation) => dilation === 1);
  if (isSquare) {
    const same = [0, 1].every((axis) => {
      const along = slide(x.shape[axis + 1]!, window[axis]!, strides[0], "same");
      return along.before === before[axis] && along.after === after[axis];
    });
    if (same) return conv2d(x, kernel, { stride: strides[0], padding: "same" });
    return conv2d(padImages(x, sliding, 0, context), kernel, {
      stride: strides[0],
      padding: "valid",
    });
  }
  // Tap by tap, one product of matrices each.
  const padded = padImages(x, sliding, 0, context);
  const [channels, filters] = kernel.shape.slice(2) as [number, number];
  const [batch] = x.shape as [number];
  const parts = tapsOf(sliding).map(([i, j]) => {
    const rows = reshape(tapOf(padded, sliding, i, j), [
      batch * sizeOf(sliding.positions),
      channels,
    ]);
    const matrix = slice(kernel, [i, j, 0, 0], [1, 1, channels, filters]);
    return matMul(rows, reshape(matrix, [channels, filters]));
  });
  return reshape(parts.reduce((sum, part) => add(sum, part)), [
    batch,
    ...sliding.positions,
    filters,
  ]);
}

/** One filter for each channel: tap by tap, kernel [h, w, 1, C]. */
function depthwise(x: Value, kernel: Value, sliding: SlidingWindow, context: RuleContext): Value {
  const padded = padImages(x, sliding, 0, context);
  const channels = kernel.shape[3]!;
  return tapsOf(sliding)
    .map(([i, j]) => {
      const factors = reshape(slice(kernel, [i, j, 0, 0], [1, 1, 1, channels]), [channels]);
      return mul(tapOf(padded, sliding, i, j), factors);
    })
    .reduce((sum, part) => add(sum, part));
}

/** The kernel [h, w, C, K] of one convolution for all groups, 0 from each group to the others. */
function blockDiagonal(kernel: Value, groups: number, context: RuleContext): Value {
  const [, , channels, filters] = kernel.shape as [number, number, number, number];
  const own = filters / groups;
  const isWithin = Float64Array.from(
    { length: groups * channels * filters },
    (_, flat) => {
      const [row, column] = [Math.floor(flat / filters), flat % filters];
      return Math.floor(row / channels) === Math.floor(column / own) ? 1 : 0;
    },
  );
  const everywhere = concat(Array<Value>(groups).fill(kernel), 2);
  return mul(everywhere, context.fixed(floats([groups * channels, filters], isWithin)));
}

function grouped(
  x: Value,
  kernel: Value,
  groups: number,
  sliding: SlidingWindow,
  context: RuleContext,
): Value {
  const [h, w, channels, filters] = kernel.shape as [number, number, number, number];
  if (groups === 1) return convolved(x, kernel, sliding, context);
  if (channels <= NARROW && channels * groups * filters <= MOST_DENSE) {
    return convolved(x, blockDiagonal(kernel, groups, context), sliding, context);
  }
  if (channels === 1 && filters === groups) return depthwise(x, kernel, sliding, context);
  const own = filters / groups;
  const parts = Array.from({ length: groups }, (_, g) =>
    convolved(
      slice(x, [0, 0, 0, g * channels], x.shape.with(3, channels)),
      slice(kernel, [0, 0, 0, g * own], [h, w, channels, own]),
      sliding,
      context,
    ));
  return concat(parts, 3);
}

/**
 * Whether filters move along one axis, in images of one row then, or over two.
 *
 * @throws {RangeError} If they move over more, or the input has another number of axes.
 */
export function isAlongLine(filters: Shape, input: Shape): boolean {
  const spatial = filters.length - 2;
  if (spatial !== 1 && spatial !== 2 || input.length !== filters.length) {
    throw new RangeError(`it convolves over ${spatial} axes; Basin knows one and two`);
  }
  return spatial === 1;
}

/** The rules. */
export const CONVOLUTION_RULES: Rules = {
  Conv: {
    graph([x, weights, bias], node, context) {
      const input = asGraph(x, context);
      const filters = valueOf(weights, context);
      const isLine = isAlongLine(filters.shape, input.shape);
      const images = isLine
        ? transpose(reshape(plain(input), [input.shape[0]!, input.shape[1]!, 1, input.shape[2]!]), [
          0,
          2,
          3,
          1,
        ])
        : channelsLast(input);
      const [own, , ...window] = filters.shape as [number, number, number, number];
      const kernel = transpose(
        isLine ? reshape(filters, [own, filters.shape[1]!, 1, filters.shape[2]!]) : filters,
        [2, 3, 1, 0],
      );
      const extents = [images.shape[1]!, images.shape[2]!] as const;
      const sliding = slidingWindow(node, isLine ? [1, window[0]] : window, extents);
      const groups = node.int("group", 1);
      if (images.shape[3] !== kernel.shape[2]! * groups || own % groups !== 0) {
        throw new RangeError(
          `its ${own} filters of ${kernel.shape[2]} channels in ${groups} groups do not fit ` +
            `${images.shape[3]} channels`,
        );
      }
      const linear = grouped(images, kernel, groups, sliding, context);
      const sum = bias ? add(linear, valueOf(bias, context)) : linear;
      if (!isLine) return [imageOperand(sum)];
      const [batch, , columns] = sum.shape as [number, number, number];
      return [graphOperand(transpose(reshape(sum, [batch, columns, own]), [0, 2, 1]))];
    },
  },
};

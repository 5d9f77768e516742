/** Pooling over windows of images, and over whole images. */
import { add } from "../../../graph/ops/add.ts";
import { concat } from "../../../graph/ops/concat.ts";
import { maxPool } from "../../../graph/ops/max_pool.ts";
import { mul, scale } from "../../../graph/ops/mul.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { sum } from "../../../graph/ops/sum.ts";
import { sizeOf } from "../../../graph/shape.ts";
import type { Value } from "../../../graph/value.ts";
import { channelsLast, graphOperand, imageOperand, type Operand, plain } from "../operand.ts";
import { asGraph, type RuleContext, type Rules } from "../rule.ts";
import type { OnnxNode } from "../node.ts";
import { floats } from "../tensor.ts";
import { largestAlong } from "./maximum.ts";
import { padImages, type SlidingWindow, slidingWindow, tapOf, tapsOf } from "./window.ts";

/** Below every activation, and far from the end of float32. */
const LOWEST = -1e30;

/** Applies a pooling of images [N, H, W, C] over windows; one axis is that of images of one row. */
function overWindows(
  x: Operand | undefined,
  node: OnnxNode,
  context: RuleContext,
  pooled: (images: Value, sliding: SlidingWindow) => Value,
): readonly [Operand] {
  const input = asGraph(x, context);
  const window = node.ints("kernel_shape") ?? [];
  const isLine = window.length === 1;
  if (!isLine && window.length !== 2 || input.shape.length !== window.length + 2) {
    throw new RangeError(`it pools over ${window.length} axes; Basin knows one and two`);
  }
  const [batch, channels, length] = input.shape as [number, number, number];
  const images = channelsLast(
    isLine ? graphOperand(reshape(plain(input), [batch, channels, 1, length])) : input,
  );
  const extents = [images.shape[1]!, images.shape[2]!] as const;
  const own = isLine ? [1, window[0]!] as const : [window[0]!, window[1]!] as const;
  const result = imageOperand(pooled(images, slidingWindow(node, own, extents)));
  if (!isLine) return [result];
  return [graphOperand(reshape(plain(result), [batch, channels, result.shape[3]!]))];
}

/** The largest entry at the taps of a window of any form. */
function largestOfTaps(padded: Value, sliding: SlidingWindow): Value {
  const taps = tapsOf(sliding).map(([i, j]) => tapOf(padded, sliding, i, j));
  const apart = taps.map((tap) => reshape(tap, [...tap.shape, 1]));
  return largestAlong(concat(apart, 4), [4], false);
}

/** 1/count of what each position of the window averages. */
function shares(
  extents: readonly [number, number],
  sliding: SlidingWindow,
  isPaddingCounted: boolean,
  context: RuleContext,
) {
  const { window, strides, dilations, before, after, positions } = sliding;
  const counts = [0, 1].map((axis) =>
    Array.from({ length: positions[axis]! }, (_, position) => {
      const first = isPaddingCounted ? 0 : before[axis]!;
      const last = before[axis]! + extents[axis]! + (isPaddingCounted ? after[axis]! : 0);
      let count = 0;
      for (let tap = 0; tap < window[axis]!; tap++) {
        const place = position * strides[axis]! + tap * dilations[axis]!;
        if (place >= first && place < last) count++;
      }
      return count;
    })
  );
  const data = Float64Array.from(
    { length: sizeOf(positions) },
    (_, flat) =>
      1 / (counts[0]![Math.floor(flat / positions[1])]! * counts[1]![flat % positions[1]]!),
  );
  if (data.every((share) => share === data[0])) return data[0]!;
  return context.fixed(floats([1, ...positions, 1], data));
}

/** The rules. */
export const POOLING_RULES: Rules = {
  MaxPool: {
    graph: ([x], node, context) =>
      overWindows(x, node, context, (images, sliding) => {
        const { window, strides, dilations } = sliding;
        const isSquare = window[0] === window[1] && strides[0] === strides[1] &&
          dilations.every((dilation) => dilation === 1);
        const padded = padImages(images, sliding, LOWEST, context);
        return isSquare
          ? maxPool(padded, { window: window[0], stride: strides[0], padding: "valid" })
          : largestOfTaps(padded, sliding);
      }),
  },
  AveragePool: {
    graph: ([x], node, context) =>
      overWindows(x, node, context, (images, sliding) => {
        const extents = [images.shape[1]!, images.shape[2]!] as const;
        const padded = padImages(images, sliding, 0, context);
        const total = tapsOf(sliding)
          .map(([i, j]) => tapOf(padded, sliding, i, j))
          .reduce((a, b) => add(a, b));
        const share = shares(extents, sliding, node.int("count_include_pad", 0) === 1, context);
        return typeof share === "number" ? scale(total, share) : mul(total, share);
      }),
  },
  GlobalAveragePool: {
    graph([x], _, context) {
      const input = asGraph(x, context);
      if (input.shape.length !== 4) {
        const value = plain(input);
        const axes = value.shape.map((_, axis) => axis).slice(2);
        const share = 1 / sizeOf(value.shape.slice(2));
        return [graphOperand(scale(sum(value, axes, true), share))];
      }
      const images = channelsLast(input);
      return [
        imageOperand(scale(sum(images, [1, 2], true), 1 / (images.shape[1]! * images.shape[2]!))),
      ];
    },
  },
  GlobalMaxPool: {
    graph([x], _, context) {
      const input = asGraph(x, context);
      if (input.shape.length === 4) {
        return [imageOperand(largestAlong(channelsLast(input), [1, 2], true))];
      }
      const value = plain(input);
      return [graphOperand(largestAlong(value, [...value.shape.keys()].slice(2), true))];
    },
  },
};

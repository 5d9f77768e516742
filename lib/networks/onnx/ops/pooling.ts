/** Pooling over windows of images, and over whole images. */
import { add } from "../../../graph/ops/add.ts";
import { maxPool } from "../../../graph/ops/max_pool.ts";
import { mul, scale } from "../../../graph/ops/mul.ts";
import { sum } from "../../../graph/ops/sum.ts";
import { sizeOf } from "../../../graph/shape.ts";
import { channelsLast, graphOperand, imageOperand, plain } from "../operand.ts";
import { asGraph, type RuleContext, type Rules } from "../rule.ts";
import type { OnnxNode } from "../node.ts";
import { floats } from "../tensor.ts";
import { padImages, type SlidingWindow, slidingWindow, tapOf, tapsOf } from "./window.ts";

/** Below every activation, and far from the end of float32. */
const LOWEST = -1e30;

function windowOf(node: OnnxNode): [number, number] {
  const window = node.ints("kernel_shape") ?? [];
  if (window.length === 2) return [window[0]!, window[1]!];
  throw new RangeError(`it pools over ${window.length} axes; Basin knows two`);
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
    graph([x], node, context) {
      const images = channelsLast(asGraph(x, context));
      const extents = [images.shape[1]!, images.shape[2]!] as const;
      const window = windowOf(node);
      const sliding = slidingWindow(node, window, extents);
      const { strides, dilations } = sliding;
      const isSquare = window[0] === window[1] && strides[0] === strides[1] &&
        dilations.every((dilation) => dilation === 1);
      if (!isSquare) {
        throw new RangeError(
          `its window is ${window} by ${strides}, dilated by ${dilations}; Basin pools squares`,
        );
      }
      const padded = padImages(images, sliding, LOWEST, context);
      return [
        imageOperand(maxPool(padded, { window: window[0], stride: strides[0], padding: "valid" })),
      ];
    },
  },
  AveragePool: {
    graph([x], node, context) {
      const images = channelsLast(asGraph(x, context));
      const extents = [images.shape[1]!, images.shape[2]!] as const;
      const sliding = slidingWindow(node, windowOf(node), extents);
      const padded = padImages(images, sliding, 0, context);
      const total = tapsOf(sliding)
        .map(([i, j]) => tapOf(padded, sliding, i, j))
        .reduce((a, b) => add(a, b));
      const share = shares(extents, sliding, node.int("count_include_pad", 0) === 1, context);
      return [imageOperand(typeof share === "number" ? scale(total, share) : mul(total, share))];
    },
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
      const images = channelsLast(asGraph(x, context));
      const [, height, width] = images.shape as [number, number, number];
      if (height !== width) throw new RangeError("its images are no squares; Basin pools squares");
      return [imageOperand(maxPool(images, { window: height, stride: 1, padding: "valid" }))];
    },
  },
};

/** Transposed convolutions, as decoders and generators have them. */
import { add } from "../../../graph/ops/add.ts";
import { concat } from "../../../graph/ops/concat.ts";
import { transposedConv2d } from "../../../graph/ops/conv2d.ts";
import { matMul } from "../../../graph/ops/mat_mul.ts";
import { reshape } from "../../../graph/ops/reshape.ts";
import { slice, unslice } from "../../../graph/ops/slice.ts";
import { transpose } from "../../../graph/ops/transpose.ts";
import type { Value } from "../../../graph/value.ts";
import type { OnnxNode } from "../node.ts";
import { channelsLast, graphOperand, imageOperand, plain } from "../operand.ts";
import { asGraph, type Rules, valueOf } from "../rule.ts";
import { isAlongLine } from "./convolution.ts";

/** Along height and width. */
type Pair = readonly [number, number];

/** How the kernel's copies lie, and what of them is the result. */
interface Spread {
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Entries that are cut off before the result. */
  readonly before: Pair;
  /** Of the result. */
  readonly extents: Pair;
}

/** Reads strides, dilations and padding of a node on images of this height and width. */
function spreadOf(node: OnnxNode, window: Pair, extents: Pair): Spread {
  const pairOf = (name: string, fallback: number): [number, number] => {
    const given = node.ints(name);
    if (!given || given.length === 0) return [fallback, fallback];
    // Along one axis: images of one row.
    return given.length === 1
      ? [name === "output_padding" ? 0 : 1, given[0]!]
      : [given[0]!, given[1]!];
  };
  const strides = pairOf("strides", 1);
  const dilations = pairOf("dilations", 1);
  const more = pairOf("output_padding", 0);
  const wanted = node.ints("output_shape")?.slice(-2);
  const mode = node.text("auto_pad", "NOTSET");
  const given = node.ints("pads") ?? [0, 0, 0, 0];
  const pads = given.length === 2 ? [0, given[0]!, 0, given[1]!] : given;
  const isSame = mode === "SAME_UPPER" || mode === "SAME_LOWER";
  const along = [0, 1].map((axis) => {
    const reach = (window[axis]! - 1) * dilations[axis]! + 1;
    const full = (extents[axis]! - 1) * strides[axis]! + reach + more[axis]!;
    if (isSame || wanted && wanted.length > 0) {
      const asked = wanted?.length === 1 ? [1, wanted[0]!][axis] : wanted?.[axis];
      const extent = asked ?? extents[axis]! * strides[axis]!;
      const total = full - extent;
      return { before: mode === "SAME_UPPER" ? total >> 1 : total - (total >> 1), extent };
    }
    const [before, after] = mode === "VALID" ? [0, 0] : [pads[axis]!, pads[axis + 2]!];
    return { before, extent: full - before - after };
  });
  if (along.some(({ before, extent }) => before < 0 || extent < 1)) {
    throw new RangeError(
      `its output would be of ${along.map(({ extent }) => extent).join(" × ")}, ` +
        `${along.map(({ before }) => before).join(" and ")} entries within the padding`,
    );
  }
  return {
    strides,
    dilations,
    before: [along[0]!.before, along[1]!.before],
    extents: [along[0]!.extent, along[1]!.extent],
  };
}

/** All of the kernel's copies, images [N, H, W, C] by a kernel [h, w, K, C] to K channels. */
function spread(x: Value, kernel: Value, { strides, dilations }: Spread): Value {
  const isSquare = strides[0] === strides[1] && dilations.every((dilation) => dilation === 1);
  if (isSquare) return transposedConv2d(x, kernel, strides[0]);
  // Tap by tap, one product of matrices each.
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns, filters] = kernel.shape as [number, number, number];
  const whole = [
    batch,
    (height - 1) * strides[0] + (rows - 1) * dilations[0] + 1,
    (width - 1) * strides[1] + (columns - 1) * dilations[1] + 1,
    filters,
  ];
  const pixels = reshape(x, [batch * height * width, channels]);
  return Array.from({ length: rows * columns }, (_, tap) => {
    const [i, j] = [Math.floor(tap / columns), tap % columns];
    const matrix = reshape(slice(kernel, [i, j, 0, 0], [1, 1, filters, channels]), [
      filters,
      channels,
    ]);
    const part = reshape(matMul(pixels, matrix, false, true), [batch, height, width, filters]);
    return unslice(part, [0, i * dilations[0], j * dilations[1], 0], whole, [1, ...strides, 1]);
  }).reduce((sum, part) => add(sum, part));
}

/** Cuts the padding off, or adds zeros at the ends where the result reaches further. */
function cropped(full: Value, { before, extents }: Spread): Value {
  const [batch, rows, columns, channels] = full.shape as [number, number, number, number];
  const whole = [
    batch,
    Math.max(rows, before[0] + extents[0]),
    Math.max(columns, before[1] + extents[1]),
    channels,
  ];
  const wide = unslice(full, [0, 0, 0, 0], whole);
  return slice(wide, [0, ...before, 0], [batch, ...extents, channels]);
}

/** The rule. */
export const TRANSPOSED_CONVOLUTION_RULES: Rules = {
  ConvTranspose: {
    graph([x, weights, bias], node, context) {
      const input = asGraph(x, context);
      const filters = valueOf(weights, context);
      const isLine = isAlongLine(filters.shape, input.shape);
      const [batch, , last] = input.shape as [number, number, number];
      const images = isLine
        ? reshape(transpose(plain(input), [0, 2, 1]), [batch, 1, last, input.shape[1]!])
        : channelsLast(input);
      const [channels, own, ...window] = filters.shape as [number, number, number, number];
      const pair: Pair = isLine ? [1, window[0]] : window;
      const kernel = transpose(reshape(filters, [channels, own, ...pair]), [2, 3, 1, 0]);
      const groups = node.int("group", 1);
      if (images.shape[3] !== channels || channels % groups !== 0) {
        throw new RangeError(
          `its filters of ${channels} channels in ${groups} groups do not fit ` +
            `${images.shape[3]} channels`,
        );
      }
      const layout = spreadOf(node, pair, [images.shape[1]!, images.shape[2]!]);
      const each = channels / groups;
      const parts = Array.from({ length: groups }, (_, g) => {
        const first = [0, 0, 0, g * each];
        return spread(
          slice(images, first, images.shape.with(3, each)),
          slice(kernel, first, [...pair, own, each]),
          layout,
        );
      });
      const linear = cropped(groups === 1 ? parts[0]! : concat(parts, 3), layout);
      const sum = bias ? add(linear, valueOf(bias, context)) : linear;
      if (!isLine) return [imageOperand(sum)];
      const [, , columns, outputs] = sum.shape as [number, number, number, number];
      return [graphOperand(transpose(reshape(sum, [batch, columns, outputs]), [0, 2, 1]))];
    },
  },
};

/** Convolution and pooling on tfjs's backends, composed where WebAssembly lacks a kernel. */
import {
  add,
  cast,
  conv2d,
  conv2dTranspose,
  equal,
  logicalAnd,
  logicalNot,
  matMul,
  maximum,
  maxPool,
  onesLike,
  pad,
  reshape,
  slice,
  stack,
  stridedSlice,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  transpose,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";
import type { PortableKernels } from "../../graph/portable_kernels.ts";
import type { Shape } from "../../graph/shape.ts";
import { type Convolution, imageExtents, slide } from "../../graph/window.ts";

type WindowSize = readonly [number, number];

type ImageKernels = Pick<
  PortableKernels<Tensor>,
  | "conv2d"
  | "conv2dInputGradient"
  | "conv2dKernelGradient"
  | "maxPool"
  | "scatterToMaxima"
  | "gatherAtMaxima"
>;

/** The kernels on images [N, H, W, C] as tfjs ops on the current backend. */
export const TFJS_IMAGE_KERNELS: ImageKernels = {
  conv2d: (x, kernel, { stride, padding }) =>
    conv2d(x as Tensor4D, kernel as Tensor4D, stride, padding),
  conv2dInputGradient: (dy, kernel, shape, { stride, padding }) =>
    conv2dTranspose(dy as Tensor4D, kernel as Tensor4D, quadruple(shape), stride, padding),
  conv2dKernelGradient,
  maxPool: (x, { window, stride, padding }) => maxPool(x as Tensor4D, window, stride, padding),
  // Not MaxPoolGrad: the WebAssembly kernel of 4.22.0 loses entries of padded, overlapping windows.
  scatterToMaxima(x, _, g, { window, ...options }) {
    const size = [window, window] as const;
    const nothing = zerosLike(g);
    const chosen = firstMaxima(x, size, options)
      .map((isLargest) => where(isLargest, g, nothing));
    return spread(chosen, x.shape, size, options);
  },
  gatherAtMaxima(x, t, { window, ...options }) {
    const size = [window, window] as const;
    const tangents = taps(t, size, options, 0);
    const nothing = zerosLike(tangents[0]!);
    return firstMaxima(x, size, options)
      .map((isLargest, tap) => where(isLargest, tangents[tap]!, nothing))
      .reduce((total, part) => add(total, part));
  },
};

/** For each tap of the kernel, the product of what it saw, transposed, with ȳ: [C, NHW]·[NHW, K]. */
function conv2dKernelGradient(x: Tensor, dy: Tensor, shape: Shape, options: Convolution): Tensor {
  const [h, w, channels, filters] = quadruple(shape);
  const rows = dy.size / filters;
  const cotangent = reshape(dy, [rows, filters]) as Tensor2D;
  const products = taps(x, [h, w], options, 0).map((seen) =>
    matMul(transpose(reshape(seen, [rows, channels])) as Tensor2D, cotangent)
  );
  return reshape(stack(products), [h, w, channels, filters]);
}

/** What each tap of a window sees: one image tensor of the output's height and width per tap. */
function taps(
  x: Tensor,
  [h, w]: WindowSize,
  { stride, padding }: Convolution,
  filler: number,
): Tensor[] {
  const { batch, height, width, channels } = imageExtents(x.shape);
  const rows = slide(height, h, stride, padding);
  const columns = slide(width, w, stride, padding);
  const margins = [[0, 0], [rows.before, rows.after], [columns.before, columns.after], [0, 0]];
  const padded = pad(x, margins as [number, number][], filler);
  return Array.from({ length: h * w }, (_, tap) => {
    const [top, left] = [Math.floor(tap / w), tap % w];
    const end = [
      batch,
      top + (rows.positions - 1) * stride + 1,
      left + (columns.positions - 1) * stride + 1,
      channels,
    ];
    return stridedSlice(padded, [0, top, left, 0], end, [1, stride, stride, 1]);
  });
}

/** For each tap, whether it sees the first largest entry of its window. */
function firstMaxima(x: Tensor, size: WindowSize, options: Convolution): Tensor[] {
  const seen = taps(x, size, options, -Infinity);
  const largest = seen.reduce((best, next) => maximum(best, next));
  let free: Tensor = onesLike(cast(largest, "bool"));
  return seen.map((candidate) => {
    const isLargest = logicalAnd(equal(candidate, largest), free);
    free = logicalAnd(free, logicalNot(isLargest));
    return isLargest;
  });
}

/** The adjoint of {@link taps}: adds up, entry by entry of x, what the taps hold for it. */
function spread(parts: Tensor[], shape: Shape, [h, w]: WindowSize, options: Convolution): Tensor {
  const { batch, height, width, channels } = imageExtents(shape);
  const rows = slide(height, h, options.stride, options.padding);
  const columns = slide(width, w, options.stride, options.padding);
  const [deep, wide] = [
    rows.before + height + rows.after,
    columns.before + width + columns.after,
  ];
  const placed = parts.map((part, tap) => {
    const apart = dilate(part, options.stride);
    const [top, left] = [Math.floor(tap / w), tap % w];
    const [below, right] = [deep - top - apart.shape[1]!, wide - left - apart.shape[2]!];
    return pad(apart, [[0, 0], [top, below], [left, right], [0, 0]]);
  });
  const whole = placed.reduce((total, part) => add(total, part));
  return slice(whole, [0, rows.before, columns.before, 0], [batch, height, width, channels]);
}

/** Puts stride − 1 zeros between neighbouring rows and columns. */
function dilate(x: Tensor, stride: number): Tensor {
  if (stride === 1) return x;
  const { batch, height, width, channels } = imageExtents(x.shape);
  const gap = [0, stride - 1] as [number, number];
  const columns = pad(reshape(x, [batch * height, width, 1, channels]), [[0, 0], [0, 0], gap, [
    0,
    0,
  ]]);
  const row = width * stride * channels;
  const rows = pad(reshape(columns, [batch, height, 1, row]), [[0, 0], [0, 0], gap, [0, 0]]);
  return slice(
    reshape(rows, [batch, height * stride, width * stride, channels]),
    [0, 0, 0, 0],
    [batch, (height - 1) * stride + 1, (width - 1) * stride + 1, channels],
  );
}

function quadruple(shape: Shape): [number, number, number, number] {
  return [...shape] as [number, number, number, number];
}

import type { DType } from "./type.ts";
import type { Shape } from "./shape.ts";
import type { Convolution, Pool } from "./window.ts";

/**
 * The kernels that the portable engine offers, on tensors of an opaque type T.
 *
 * Matrices come untransposed: transpose flags leave the fast path of the WebAssembly kernels and
 * cost tenfold, an explicit transpose almost nothing.
 */
export interface PortableKernels<T> {
  /** A tensor of one value. */
  constant(value: number, shape: Shape): T;
  /** a + b, broadcast. */
  add(a: T, b: T): T;
  /** a − b, broadcast. */
  sub(a: T, b: T): T;
  /** a · b, entry by entry, broadcast. */
  mul(a: T, b: T): T;
  /** a / b, broadcast. */
  div(a: T, b: T): T;
  /** eˣ. */
  exp(x: T): T;
  /** ln x. */
  log(x: T): T;
  /** ln(1 + x). */
  log1p(x: T): T;
  /** eˣ − 1. */
  expm1(x: T): T;
  /** x². */
  square(x: T): T;
  /** 1/√x. */
  rsqrt(x: T): T;
  /** √x. */
  sqrt(x: T): T;
  /** tanh x. */
  tanh(x: T): T;
  /** max(x, 0). */
  relu(x: T): T;
  /** 1 where x > 0, else 0. */
  step(x: T): T;
  /** Softmax over the last axis. */
  softmax(logits: T): T;
  /** Column of the first largest entry of each row, int32. */
  argMax(x: T): T;
  /** Rows of 0 with a 1 at each index. */
  oneHot(indices: T, depth: number): T;
  /** Sum over axes. */
  sum(x: T, axes: readonly number[], keepDimensions: boolean): T;
  /** The same entries in another shape. */
  reshape(x: T, shape: Shape): T;
  /** x repeated until it has the shape. */
  broadcastTo(x: T, shape: Shape): T;
  /** Axes in another order. */
  transpose(x: T, permutation: readonly number[]): T;
  /** Entries as keepMaskEntries() gives them for the two words of an int32 key. */
  keepMask(key: T, shape: Shape, keep: number, draw: number): T;
  /** Entries as gaussianNoiseEntries() gives them for the two words of an int32 key. */
  gaussianNoise(key: T, shape: Shape, draw: number): T;
  /** The entries from `starts` up to `ends`, every `strides` of each axis. */
  slice(x: T, starts: readonly number[], ends: readonly number[], strides: readonly number[]): T;
  /** Zeros of a shape with x in them, from `starts` on and `strides` apart. */
  unslice(x: T, starts: readonly number[], strides: readonly number[], shape: Shape): T;
  /** Matrix product. */
  matMul(a: T, b: T): T;
  /** Matrix products of two stacks [s, m, k] and [s, k, n]. */
  batchMatMul(a: T, b: T): T;
  /** Another element type. */
  cast(x: T, dtype: DType): T;
  /** Convolution of images by channel last. */
  conv2d(x: T, kernel: T, options: Convolution): T;
  /** Adjoint of conv2d in x, which has the shape given. */
  conv2dInputGradient(dy: T, kernel: T, shape: Shape, options: Convolution): T;
  /** Adjoint of conv2d in the kernel, which has the shape given. */
  conv2dKernelGradient(x: T, dy: T, shape: Shape, options: Convolution): T;
  /** Largest entry of each window. */
  maxPool(x: T, options: Pool): T;
  /** Puts each g where the maximum of its window stands in x. */
  scatterToMaxima(x: T, y: T, g: T, options: Pool): T;
  /** Takes t where the maximum of each window stands in x. */
  gatherAtMaxima(x: T, t: T, options: Pool): T;
}

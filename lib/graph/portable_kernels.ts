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
  constant(value: number, shape: Shape): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  exp(x: T): T;
  log(x: T): T;
  log1p(x: T): T;
  expm1(x: T): T;
  square(x: T): T;
  rsqrt(x: T): T;
  sqrt(x: T): T;
  tanh(x: T): T;
  relu(x: T): T;
  /** 1 where x > 0, else 0. */
  step(x: T): T;
  softmax(logits: T): T;
  /** Column of the first largest entry of each row, int32. */
  argMax(x: T): T;
  oneHot(indices: T, depth: number): T;
  sum(x: T, axes: readonly number[], keepDimensions: boolean): T;
  reshape(x: T, shape: Shape): T;
  broadcastTo(x: T, shape: Shape): T;
  transpose(x: T, permutation: readonly number[]): T;
  /** Entries as keepMaskEntries() gives them for the two words of an int32 key. */
  keepMask(key: T, shape: Shape, keep: number, draw: number): T;
  /** Entries as gaussianNoiseEntries() gives them for the two words of an int32 key. */
  gaussianNoise(key: T, shape: Shape, draw: number): T;
  matMul(a: T, b: T): T;
  cast(x: T, dtype: DType): T;
  conv2d(x: T, kernel: T, options: Convolution): T;
  /** Adjoint of conv2d in x, which has the shape given. */
  conv2dInputGradient(dy: T, kernel: T, shape: Shape, options: Convolution): T;
  /** Adjoint of conv2d in the kernel, which has the shape given. */
  conv2dKernelGradient(x: T, dy: T, shape: Shape, options: Convolution): T;
  maxPool(x: T, options: Pool): T;
  /** Puts each g where the maximum of its window stands in x. */
  scatterToMaxima(x: T, y: T, g: T, options: Pool): T;
  /** Takes t where the maximum of each window stands in x. */
  gatherAtMaxima(x: T, t: T, options: Pool): T;
}

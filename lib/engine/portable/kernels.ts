import {
  abs,
  add,
  argMax,
  broadcastTo,
  cast,
  div,
  equal,
  exp,
  expandDims,
  fill,
  less,
  log,
  logicalAnd,
  matMul,
  mul,
  notEqual,
  ones,
  onesLike,
  pad,
  range,
  relu,
  reshape,
  rsqrt,
  slice,
  softmax,
  sqrt,
  square,
  step,
  stridedSlice,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor,
  type Tensor2D,
  type Tensor3D,
  transpose,
  where,
} from "@tensorflow/tfjs-core";
import { gaussianNoiseEntries } from "../../graph/ops/gaussian_noise.ts";
import { keepMaskEntries } from "../../graph/ops/keep_mask.ts";
import type { PortableKernels } from "../../graph/portable_kernels.ts";
import type { Shape } from "../../graph/shape.ts";
import { TFJS_IMAGE_KERNELS } from "./image_kernels.ts";

/** The kernels as tfjs ops on the current backend. */
export const TFJS_KERNELS: PortableKernels<Tensor> = {
  ...TFJS_IMAGE_KERNELS,
  constant: (value, shape) => fill([...shape], value),
  add: (a, b) => add(a, b),
  sub: (a, b) => sub(a, b),
  mul: (a, b) => mul(a, b),
  div: (a, b) => div(a, b),
  exp: (x) => exp(x),
  log: (x) => log(x),
  log1p: preciseLog1p,
  expm1: preciseExpm1,
  square: (x) => square(x),
  sqrt: (x) => sqrt(x),
  rsqrt: (x) => rsqrt(x),
  tanh: (x) => tanh(x),
  relu: (x) => relu(x),
  step: (x) => step(x),
  softmax: (logits) => softmax(logits),
  argMax: (x) => argMax(x, 1),
  // Not OneHot: the WebAssembly kernel of 4.22.0 writes integers where float32 is asked for.
  oneHot: (indices, depth) =>
    cast(equal(expandDims(indices, 1), range(0, depth, 1, "int32")), "float32"),
  sum: sumOver,
  reshape: (x, shape) => reshape(x, [...shape]),
  broadcastTo: (x, shape) => broadcastTo(x, [...shape] as Tensor["shape"] as [number]),
  transpose: (x, permutation) => transpose(x, [...permutation]),
  keepMask: (key, shape, keep, draw) =>
    tensor(Float32Array.from(keepMaskEntries(key.dataSync(), shape, keep, draw)), [...shape]),
  gaussianNoise: (key, shape, draw) =>
    tensor(Float32Array.from(gaussianNoiseEntries(key.dataSync(), shape, draw)), [...shape]),
  slice: (x, starts, ends, strides) =>
    strides.every((stride) => stride === 1)
      ? slice(x, [...starts], ends.map((end, axis) => end - starts[axis]!))
      : stridedSlice(x, [...starts], [...ends], [...strides]),
  unslice,
  matMul: (a, b) => matMul(a as Tensor2D, b as Tensor2D),
  batchMatMul: (a, b) => matMul(a as Tensor3D, b as Tensor3D),
  cast: (x, dtype) => cast(x, dtype),
};

/**
 * ln(1 + x) = x · ln(u)/(u − 1) with u = 1 + x, rounded: its error cancels in the quotient (Kahan).
 * The WebAssembly kernel of 4.22.0 takes the logarithm of 1 + x, and loses x next to 0.
 */
function preciseLog1p(x: Tensor): Tensor {
  const u = add(x, 1);
  const excess = sub(u, 1);
  const unit = equal(excess, 0);
  return where(unit, x, mul(x, div(log(u), where(unit, onesLike(x), excess))));
}

/** eˣ − 1 = (u − 1) · x/ln(u) with u = eˣ, rounded, as {@link preciseLog1p}; large |x| need no care. */
function preciseExpm1(x: Tensor): Tensor {
  const u = exp(x);
  const excess = sub(u, 1);
  const small = logicalAnd(notEqual(excess, 0), less(abs(x), 1));
  const quotient = mul(excess, div(x, where(small, log(u), onesLike(x))));
  return where(equal(excess, 0), x, where(small, quotient, excess));
}

/**
 * Sum over axes. Over all but the last it is a product with a row of ones, which costs next to
 * nothing, whereas the Sum kernel transposes first (a sixth of F1's step).
 */
function sumOver(x: Tensor, axes: readonly number[], keepDimensions: boolean): Tensor {
  const columns = x.shape.at(-1) ?? 1;
  const overRows = axes.length === x.rank - 1 && axes.length > 0 && !axes.includes(x.rank - 1);
  if (!overRows) return sum(x, [...axes], keepDimensions);
  const rows = x.size / columns;
  const total = matMul(ones([1, rows]) as Tensor2D, reshape(x, [rows, columns]) as Tensor2D);
  return reshape(total, keepDimensions ? [...axes.map(() => 1), columns] : [columns]);
}

/** Axis by axis: zeros after each entry, then before the first and after the last. */
function unslice(
  x: Tensor,
  starts: readonly number[],
  strides: readonly number[],
  whole: Shape,
): Tensor {
  return strides.reduce((value, stride, axis) => {
    const outer = value.shape.slice(0, axis);
    const inner = value.shape.slice(axis + 1);
    const extent = value.shape[axis]!;
    const size = (shape: readonly number[]) => shape.reduce((product, each) => product * each, 1);
    const flat = reshape(value, [size(outer), extent, 1, size(inner)]);
    const spread = stride === 1 ? flat : pad(flat, [[0, 0], [0, 0], [0, stride - 1], [0, 0]]);
    const line = reshape(spread, [size(outer), extent * stride, size(inner)]);
    const end = starts[axis]! + extent * stride;
    const padded = pad(line, [[0, 0], [starts[axis]!, Math.max(0, whole[axis]! - end)], [0, 0]]);
    const cut = slice(padded, [0, 0, 0], [size(outer), whole[axis]!, size(inner)]);
    return reshape(cut, [...outer, whole[axis]!, ...inner]);
  }, x);
}

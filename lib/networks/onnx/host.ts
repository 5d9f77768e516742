/** Arithmetic on tensors that are known before anything runs: exporters compute shapes by it. */
import {
  broadcastShapes,
  broadcastStrides,
  reducedShape,
  type Shape,
  showShape,
  sizeOf,
} from "../../graph/shape.ts";
import type { HostTensor } from "./tensor.ts";

/** f entry by entry, with broadcasting. */
export function elementwise(
  tensors: readonly HostTensor[],
  f: (...entries: number[]) => number,
  isFloat = tensors.some((tensor) => tensor.isFloat),
): HostTensor {
  const shape = tensors.map(({ shape }) => shape).reduce((a, b) => {
    const common = broadcastShapes(a, b);
    if (common) return common;
    throw new RangeError(`its inputs ${showShape(a)} and ${showShape(b)} do not broadcast`);
  });
  const strides = tensors.map((tensor) => broadcastStrides(tensor.shape, shape));
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, flat) => {
    const index = indexOf(flat, shape);
    return f(...tensors.map(({ data }, k) => data[dotted(index, strides[k]!)]!));
  });
  return { shape, data, isFloat };
}

/** Entries by a function of their index. */
export function tabulated(
  shape: Shape,
  isFloat: boolean,
  entryOf: (index: readonly number[]) => number,
): HostTensor {
  const data = Float64Array.from(
    { length: sizeOf(shape) },
    (_, flat) => entryOf(indexOf(flat, shape)),
  );
  return { shape, data, isFloat };
}

/** Entries of another tensor by a function of their index, which gives an index there. */
export function gathered(
  x: HostTensor,
  shape: Shape,
  sourceOf: (index: readonly number[]) => readonly number[],
): HostTensor {
  const strides = stridesOf(x.shape);
  return tabulated(shape, x.isFloat, (index) => x.data[dotted(sourceOf(index), strides)]!);
}

/** Tensors one after the other along an axis. */
export function joined(parts: readonly HostTensor[], axis: number): HostTensor {
  const extent = parts.reduce((sum, { shape }) => sum + shape[axis]!, 0);
  const shape = parts[0]!.shape.with(axis, extent);
  const inner = sizeOf(shape.slice(axis + 1));
  const data = new Float64Array(sizeOf(shape));
  let before = 0;
  for (const part of parts) {
    const length = part.shape[axis]! * inner;
    for (let outer = 0; outer * length < part.data.length; outer++) {
      const row = part.data.subarray(outer * length, (outer + 1) * length);
      data.set(row, outer * extent * inner + before);
    }
    before += length;
  }
  return { shape, data, isFloat: parts.some(({ isFloat }) => isFloat) };
}

/** The same entries under another shape. */
export function reshaped(x: HostTensor, shape: Shape): HostTensor {
  if (sizeOf(shape) === x.data.length) return { ...x, shape };
  throw new RangeError(`it cannot give ${showShape(x.shape)} the shape ${showShape(shape)}`);
}

/** Folds the entries along some axes. */
export function reduced(
  x: HostTensor,
  axes: readonly number[],
  keep: boolean,
  fold: (entries: readonly number[]) => number,
): HostTensor {
  const kept = reducedShape(x.shape, axes, true);
  const strides = broadcastStrides(kept, x.shape);
  const groups: number[][] = Array.from({ length: sizeOf(kept) }, () => []);
  x.data.forEach((entry, flat) => groups[dotted(indexOf(flat, x.shape), strides)]!.push(entry));
  const data = Float64Array.from(groups, fold);
  return { shape: reducedShape(x.shape, axes, keep), data, isFloat: x.isFloat };
}

function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

function indexOf(flat: number, shape: Shape): number[] {
  const index = new Array<number>(shape.length);
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}

function dotted(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((sum, i, axis) => sum + i * strides[axis]!, 0);
}

/** Cutting out and putting back: each is the adjoint of the other, so that they share a file. */
import { apply, defineOp, misfit } from "../op.ts";
import { isShape, sameShape, type Shape, sizeOf } from "../shape.ts";
import type { Op, Value } from "../value.ts";

/** Entries starts_i + k · strides_i of each axis, k = 0 … sizes_i − 1, of a tensor of `whole`. */
type Cut = {
  readonly starts: readonly number[];
  readonly sizes: Shape;
  readonly strides: readonly number[];
  readonly whole: Shape;
};

const SLICE: Op<Cut> = defineOp<Cut>({
  name: "slice",
  infer(inputs, cut) {
    const { shape, dtype } = inputs[0]!;
    if (!sameShape(shape, cut.whole) || !isWithin(cut)) throw misfit("slice", inputs, wanted(cut));
    return { shape: cut.sizes, dtype };
  },
  vjp: ({ attributes }, g) => [apply(UNSLICE, [g], attributes)],
  jvp: ({ attributes }, [tangent]) => apply(SLICE, [tangent!], attributes),
  tensorflow: (emit, [x], { attributes: { starts, strides, sizes }, dtype }) =>
    emit.node("StridedSlice", [
      x!,
      emit.int32(starts),
      emit.int32(endsOf(starts, strides, sizes)),
      emit.int32(strides),
    ], { T: { type: dtype }, Index: { type: "int32" } }),
  stablehlo: (emit, [x], { attributes: { starts, strides, sizes } }) =>
    emit.slice(x!, starts, endsOf(starts, strides, sizes), strides),
  portable: (kernels, [x], { attributes: { starts, strides, sizes } }) =>
    kernels.slice(x!, starts, endsOf(starts, strides, sizes), strides),
  reference: ([x], { attributes }) => Float64Array.from(placesOf(attributes), (i) => x!.data[i]!),
});

const UNSLICE: Op<Cut> = defineOp<Cut>({
  name: "unslice",
  infer(inputs, cut) {
    const { shape, dtype } = inputs[0]!;
    if (!sameShape(shape, cut.sizes) || !isWithin(cut) || dtype !== "float32") {
      throw misfit("unslice", inputs, wanted(cut));
    }
    return { shape: cut.whole, dtype };
  },
  vjp: ({ attributes }, g) => [apply(SLICE, [g], attributes)],
  jvp: ({ attributes }, [tangent]) => apply(UNSLICE, [tangent!], attributes),
  tensorflow(emit, [x], { attributes: { starts, strides, sizes, whole } }) {
    if (strides.every((stride) => stride === 1)) {
      const pads = starts.flatMap((start, i) => [start, whole[i]! - start - sizes[i]!]);
      const pairs = emit.node("Reshape", [emit.int32(pads), emit.int32([starts.length, 2])], {
        T: { type: "int32" },
        Tshape: { type: "int32" },
      });
      return emit.node("Pad", [x!, pairs], { Tpaddings: { type: "int32" } });
    }
    return emit.node("StridedSliceGrad", [
      emit.int32(whole),
      emit.int32(starts),
      emit.int32(endsOf(starts, strides, sizes)),
      emit.int32(strides),
      x!,
    ], { Index: { type: "int32" } });
  },
  stablehlo: (emit, [x], { attributes: { starts, strides, sizes, whole } }) =>
    emit.pad(
      x!,
      0,
      starts,
      whole.map((extent, i) => extent - spanOf(sizes[i]!, strides[i]!) - starts[i]!),
      strides.map((stride) => stride - 1),
    ),
  portable: (kernels, [x], { attributes: { starts, strides, whole } }) =>
    kernels.unslice(x!, starts, strides, whole),
  reference([x], { attributes }) {
    const data = new Float64Array(sizeOf(attributes.whole));
    placesOf(attributes).forEach((place, i) => data[place] = x!.data[i]!);
    return data;
  },
});

/** What `count` entries reach over that stand `stride` apart. */
function spanOf(count: number, stride: number): number {
  return count === 0 ? 0 : (count - 1) * stride + 1;
}

function endsOf(
  starts: readonly number[],
  strides: readonly number[],
  sizes: Shape,
): readonly number[] {
  return starts.map((start, i) => start + spanOf(sizes[i]!, strides[i]!));
}

function isWithin({ starts, sizes, strides, whole }: Cut): boolean {
  const ranks = [starts, strides, sizes].every(({ length }) => length === whole.length);
  return ranks && isShape(sizes) && isShape(starts) &&
    strides.every((s) => isShape([s]) && s > 0) &&
    endsOf(starts, strides, sizes).every((end, i) => end <= whole[i]!);
}

function wanted({ starts, sizes, strides, whole }: Cut): string {
  return `wanted ${sizes.join(" × ")} entries from [${starts.join(", ")}] on, ` +
    `[${strides.join(", ")}] apart, within [${whole.join(", ")}]`;
}

/** Flat index in the whole of each entry of the part, in the part's order. */
function placesOf({ starts, sizes, strides, whole }: Cut): number[] {
  return Array.from({ length: sizeOf(sizes) }, (_, flat) => {
    let place = 0;
    let rest = flat;
    let step = 1;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      place += (starts[axis]! + (rest % sizes[axis]!) * strides[axis]!) * step;
      rest = Math.floor(rest / sizes[axis]!);
      step *= whole[axis]!;
    }
    return place;
  });
}

/**
 * The part of x that begins at `starts`, has the shape `sizes`, and takes every `strides`-th entry of
 * each axis, by default every one.
 *
 * @throws {TypeError} If the part is not within x.
 */
export function slice(
  x: Value,
  starts: readonly number[],
  sizes: Shape,
  strides: readonly number[] = starts.map(() => 1),
): Value {
  if (sameShape(sizes, x.shape) && starts.every((start) => start === 0)) return x;
  return apply(SLICE, [x], { starts, sizes, strides, whole: x.shape });
}

/**
 * Zeros of shape `whole` with x in them, from `starts` on and `strides` apart: the adjoint of
 * {@link slice}. With strides of 1, the default, it is padding.
 *
 * @throws {TypeError} If x is no part of the whole, or no float32.
 */
export function unslice(
  x: Value,
  starts: readonly number[],
  whole: Shape,
  strides: readonly number[] = starts.map(() => 1),
): Value {
  if (sameShape(whole, x.shape) && starts.every((start) => start === 0)) return x;
  return apply(UNSLICE, [x], { starts, sizes: x.shape, strides, whole });
}

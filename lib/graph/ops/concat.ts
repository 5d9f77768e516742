import { apply, defineOp, misfit } from "../op.ts";
import { sameShape, sizeOf } from "../shape.ts";
import type { Value } from "../value.ts";
import { slice } from "./slice.ts";
import { zeros } from "./sum.ts";

const CONCAT = defineOp<{ axis: number }>({
  name: "concat",
  infer(inputs, { axis }) {
    const [first] = inputs;
    const fits = first !== undefined &&
      inputs.every(({ shape, dtype }) =>
        dtype === "float32" && shape.length === first.shape.length &&
        shape.every((extent, i) => i === axis || extent === first.shape[i])
      );
    if (!fits || !(axis in first.shape)) {
      throw misfit("concat", inputs, `wanted float32 tensors that differ along axis ${axis} alone`);
    }
    const extent = inputs.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    return { shape: first.shape.map((own, i) => i === axis ? extent : own), dtype: "float32" };
  },
  vjp: ({ inputs, attributes: { axis } }, g) =>
    inputs.map((input, i) => slice(g, startOf(inputs, i, axis), input.shape)),
  jvp: ({ inputs, attributes: { axis } }, tangents) =>
    concat(tangents.map((tangent, i) => tangent ?? zeros(inputs[i]!.shape)), axis),
  tensorflow: (emit, inputs, { attributes: { axis } }) =>
    emit.node("ConcatV2", [...inputs, emit.int32Scalar(axis)], {
      N: { int: inputs.length },
      Tidx: { type: "int32" },
    }),
  stablehlo: (emit, inputs, { attributes: { axis }, shape, dtype }) =>
    emit.instruction("concatenate", inputs, { shape, dtype }, { dimension: `${axis} : i64` }),
  portable: (kernels, parts, { inputs, attributes: { axis }, shape }) =>
    parts
      .map((part, i) => kernels.unslice(part, startOf(inputs, i, axis), shape.map(() => 1), shape))
      .reduce((total, part) => kernels.add(total, part)),
  reference(parts, { inputs, attributes: { axis }, shape }) {
    const data = new Float64Array(sizeOf(shape));
    const inner = sizeOf(shape.slice(axis + 1));
    const row = shape[axis]! * inner;
    parts.forEach(({ data: part }, i) => {
      const length = inputs[i]!.shape[axis]! * inner;
      const offset = startOf(inputs, i, axis)[axis]! * inner;
      for (let outer = 0; outer * length < part.length; outer++) {
        data.set(part.subarray(outer * length, (outer + 1) * length), outer * row + offset);
      }
    });
    return data;
  },
});

/** Where the i-th part begins in the whole. */
function startOf(inputs: readonly Value[], i: number, axis: number): number[] {
  const before = inputs.slice(0, i).reduce((sum, { shape }) => sum + shape[axis]!, 0);
  return inputs[i]!.shape.map((_, each) => each === axis ? before : 0);
}

/**
 * Tensors one after the other along an axis.
 *
 * @throws {TypeError} If they are none, or differ along another axis.
 */
export function concat(values: readonly Value[], axis: number): Value {
  const filled = values.filter(({ shape }) => sizeOf(shape) > 0);
  const parts = filled.length === 0 ? values.slice(0, 1) : filled;
  const [first] = parts;
  const alone = parts.length === 1 &&
    values.every(({ shape }) =>
      sizeOf(shape) > 0 ? sameShape(shape, first!.shape) : shape.length === first!.shape.length
    );
  return alone ? first! : apply(CONCAT, parts, { axis });
}

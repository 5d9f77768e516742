import { apply, defineOp, misfit } from "../op.ts";
import { sizeOf } from "../shape.ts";
import { integers } from "../stablehlo_emitter.ts";
import type { Value } from "../value.ts";

const TRANSPOSE = defineOp<{ permutation: readonly number[] }>({
  name: "transpose",
  infer(inputs, { permutation }) {
    const { shape, dtype } = inputs[0]!;
    const isOrder = [...permutation].sort((a, b) => a - b).every((axis, i) => axis === i);
    if (!isOrder || permutation.length !== shape.length) {
      throw misfit("transpose", inputs, `wanted ${permutation.length} axes, each once`);
    }
    return { shape: permutation.map((axis) => shape[axis]!), dtype };
  },
  vjp: ({ attributes: { permutation } }, g) => [transpose(g, inverse(permutation))],
  jvp: ({ attributes: { permutation } }, [tangent]) => transpose(tangent!, permutation),
  tensorflow: (emit, [x], { attributes: { permutation }, dtype }) =>
    emit.node("Transpose", [x!, emit.int32(permutation)], {
      T: { type: dtype },
      Tperm: { type: "int32" },
    }),
  stablehlo: (emit, [x], { attributes: { permutation }, shape }) =>
    emit.instruction("transpose", [x!], { shape, dtype: x!.dtype }, {
      permutation: integers(permutation),
    }),
  portable: (kernels, [x], { attributes }) => kernels.transpose(x!, attributes.permutation),
  reference([x], { shape, attributes: { permutation } }) {
    const strides = x!.shape.map((_, axis) => sizeOf(x!.shape.slice(axis + 1)));
    return Float64Array.from({ length: sizeOf(shape) }, (_, flat) => {
      let source = 0;
      let rest = flat;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        source += (rest % shape[axis]!) * strides[permutation[axis]!]!;
        rest = Math.floor(rest / shape[axis]!);
      }
      return x!.data[source]!;
    });
  },
});

/**
 * The axes in another order: axis i of the result is axis `permutation[i]` of x.
 *
 * @throws {TypeError} If the permutation has not each axis of x once.
 */
export function transpose(x: Value, permutation: readonly number[]): Value {
  return permutation.length === x.shape.length && permutation.every((axis, i) => axis === i)
    ? x
    : apply(TRANSPOSE, [x], { permutation });
}

function inverse(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}

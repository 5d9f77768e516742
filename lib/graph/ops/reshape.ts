import { apply, defineOp, misfit } from "../op.ts";
import { isShape, sameShape, type Shape, sizeOf } from "../shape.ts";
import type { Value } from "../value.ts";

const RESHAPE = defineOp<{ shape: Shape }>({
  name: "reshape",
  infer(inputs, { shape }) {
    if (!isShape(shape) || sizeOf(inputs[0]!.shape) !== sizeOf(shape)) {
      throw misfit("reshape", inputs, `wanted as many entries as in [${shape.join(", ")}]`);
    }
    return { shape, dtype: inputs[0]!.dtype };
  },
  vjp: ({ inputs }, g) => [reshape(g, inputs[0]!.shape)],
  jvp: ({ shape }, [tangent]) => reshape(tangent!, shape),
  tensorflow: (emit, [x], { shape, dtype }) =>
    emit.node("Reshape", [x!, emit.int32(shape)], {
      T: { type: dtype },
      Tshape: { type: "int32" },
    }),
  stablehlo: (emit, [x], { shape }) => emit.reshape(x!, shape),
  portable: (kernels, [x], { shape }) => kernels.reshape(x!, shape),
  reference: ([x]) => x!.data,
});

/** The same entries in row-major order under another shape. */
export function reshape(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : apply(RESHAPE, [x], { shape });
}

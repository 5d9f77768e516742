import { apply, defineOp, misfit } from "../op.ts";
import { broadcastShapes, broadcastStrides, sameShape, type Shape, sizeOf } from "../shape.ts";
import type { Value } from "../value.ts";
import { constant } from "./constant.ts";
import { sumTo } from "./sum.ts";

const BROADCAST_TO = defineOp<{ shape: Shape }>({
  name: "broadcastTo",
  infer(inputs, { shape }) {
    const common = broadcastShapes(inputs[0]!.shape, shape);
    if (common === undefined || !sameShape(common, shape)) {
      throw misfit("broadcastTo", inputs, `it does not broadcast to [${shape.join(", ")}]`);
    }
    return { shape, dtype: inputs[0]!.dtype };
  },
  vjp: ({ inputs }, g) => [sumTo(g, inputs[0]!.shape)],
  jvp: ({ shape }, [tangent]) => broadcastTo(tangent!, shape),
  tensorflow: (emit, [x], { shape, dtype }) =>
    emit.node("BroadcastTo", [x!, emit.int32(shape)], {
      T: { type: dtype },
      Tidx: { type: "int32" },
    }),
  portable: (kernels, [x], { shape }) => kernels.broadcastTo(x!, shape),
  reference([x], { shape }) {
    const strides = broadcastStrides(x!.shape, shape);
    return Float64Array.from({ length: sizeOf(shape) }, (_, flat) => {
      let source = 0;
      for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
        source += (rest % shape[axis]!) * strides[axis]!;
        rest = Math.floor(rest / shape[axis]!);
      }
      return x!.data[source]!;
    });
  },
});

/** Repeats x along new axes and along axes of extent 1 until it has `shape`. */
export function broadcastTo(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : apply(BROADCAST_TO, [x], { shape });
}

/** Zeros of some shape. */
export function zeros(shape: Shape): Value {
  return broadcastTo(constant(0), shape);
}

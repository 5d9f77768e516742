/** Summation and broadcasting: each is the adjoint of the other, so that they share a file. */
import { apply, defineOp, misfit } from "../op.ts";
import {
  broadcastAxes,
  broadcastShapes,
  broadcastStrides,
  reducedShape,
  sameShape,
  type Shape,
  sizeOf,
} from "../shape.ts";
import type { Value } from "../value.ts";
import { constant } from "./constant.ts";
import { reshape } from "./reshape.ts";

const SUM = defineOp<{ axes: readonly number[]; keepDimensions: boolean }>({
  name: "sum",
  infer(inputs, { axes, keepDimensions }) {
    const { shape, dtype } = inputs[0]!;
    const known = axes.every((axis) => shape[axis] !== undefined);
    if (dtype !== "float32" || !known || new Set(axes).size < axes.length) {
      throw misfit("sum", inputs, `wanted float32 with the axes ${axes.join(", ")}, each once`);
    }
    return { shape: reducedShape(shape, axes, keepDimensions), dtype };
  },
  vjp({ inputs, attributes }, g) {
    const { shape } = inputs[0]!;
    const kept = reshape(g, reducedShape(shape, attributes.axes, true));
    return [broadcastTo(kept, shape)];
  },
  jvp: ({ attributes }, [tangent]) => sum(tangent!, attributes.axes, attributes.keepDimensions),
  tensorflow(emit, [x], { inputs, attributes: { axes, keepDimensions } }) {
    const lastAxis = inputs[0]!.shape.length - 1;
    const allButLast = axes.length === lastAxis && !axes.includes(lastAxis);
    // BiasAddGrad is TensorFlow's kernel for just this reduction, and quicker than Sum.
    if (allButLast && lastAxis > 0 && !keepDimensions) {
      return emit.node("BiasAddGrad", [x!], { data_format: { string: "NHWC" } });
    }
    return emit.node("Sum", [x!, emit.int32(axes)], {
      Tidx: { type: "int32" },
      keep_dims: { bool: keepDimensions },
    });
  },
  stablehlo: (emit, [x], { attributes: { axes }, shape }) =>
    emit.reshape(emit.reduce("add", x!, axes), shape),
  portable: (kernels, [x], { attributes }) =>
    kernels.sum(x!, attributes.axes, attributes.keepDimensions),
  reference([x], { attributes, shape }) {
    const kept = reducedShape(x!.shape, attributes.axes, true);
    const strides = broadcastStrides(kept, x!.shape);
    const total = new Float64Array(sizeOf(shape));
    for (let flat = 0; flat < x!.data.length; flat++) {
      let rest = flat;
      let target = 0;
      for (let axis = x!.shape.length - 1; axis >= 0; axis--) {
        target += (rest % x!.shape[axis]!) * strides[axis]!;
        rest = Math.floor(rest / x!.shape[axis]!);
      }
      total[target]! += x!.data[flat]!;
    }
    return total;
  },
});

/** Sum over `axes`, which vanish, or stay with extent 1 if `keepDimensions`. */
export function sum(x: Value, axes: readonly number[], keepDimensions = false): Value {
  if (x.op.sumVanishes?.(x, axes)) {
    return zeros(reducedShape(x.shape, axes, keepDimensions));
  }
  return axes.length === 0 ? x : apply(SUM, [x], { axes, keepDimensions });
}

/** Sum over all axes: a scalar. */
export function sumAll(x: Value): Value {
  return sum(x, x.shape.map((_, axis) => axis));
}

/** Sums the axes along which `shape` would broadcast to x's: the adjoint of broadcasting. */
export function sumTo(x: Value, shape: Shape): Value {
  if (sameShape(x.shape, shape)) return x;
  return reshape(sum(x, broadcastAxes(shape, x.shape)), shape);
}

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
  stablehlo: (emit, [x], { shape }) => emit.broadcast(x!, shape),
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

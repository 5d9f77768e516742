import { apply, defineOp, misfit } from "../op.ts";
import type { Op, Value } from "../value.ts";
import type { PortableKernels } from "../portable_kernels.ts";
import { broadcastShapes, broadcastStrides, type Shape, sizeOf } from "../shape.ts";
import { sumTo } from "./sum.ts";

/** What distinguishes one elementwise function of two arguments from another. */
interface BinaryRule {
  readonly name: string;
  /** TensorFlow's name of the op. */
  readonly tensorflow: string;
  /** StableHLO's name of the op; without it the XLA engine refuses it. */
  readonly stablehlo?: string;
  portable<T>(kernels: PortableKernels<T>, a: T, b: T): T;
  evaluate(a: number, b: number): number;
  /** g·∂y/∂a and g·∂y/∂b, before the sum over broadcast axes. */
  vjp(node: Value, cotangent: Value): readonly [Value, Value];
  /** Contribution of each given tangent to ẏ. */
  jvp(node: Value, a: Value | undefined, b: Value | undefined): Value | undefined;
}

/** An elementwise op of two float32 tensors whose shapes broadcast to each other. */
export function binaryOp(rule: BinaryRule): Op<Record<never, never>> {
  return defineOp<Record<never, never>>({
    name: rule.name,
    infer(inputs) {
      const [a, b] = inputs as [Value, Value];
      const shape = broadcastShapes(a.shape, b.shape);
      if (shape === undefined || a.dtype !== "float32" || b.dtype !== "float32") {
        throw misfit(rule.name, inputs, "wanted two float32 tensors whose shapes broadcast");
      }
      return { shape, dtype: "float32" };
    },
    vjp(node, cotangent) {
      const [a, b] = node.inputs as [Value, Value];
      const [da, db] = rule.vjp(node, cotangent);
      return [sumTo(da, a.shape), sumTo(db, b.shape)];
    },
    jvp: (node, [a, b]) => rule.jvp(node, a, b),
    tensorflow: (emit, inputs, node) =>
      rule.name === "add" && isBias(node)
        ? emit.node("BiasAdd", inputs, { data_format: { string: "NHWC" } })
        : emit.node(rule.tensorflow, inputs),
    ...(rule.stablehlo === undefined ? {} : {
      stablehlo: (emit, inputs, { shape }) =>
        emit.elementwise(rule.stablehlo!, ...inputs.map((x) => emit.broadcast(x, shape))),
    }),
    portable: (kernels, [a, b]) => rule.portable(kernels, a!, b!),
    reference([a, b], node) {
      const at = indexPairs(a!.shape, b!.shape, node.shape);
      return Float64Array.from(at, ([i, j]) => rule.evaluate(a!.data[i]!, b!.data[j]!));
    },
  });
}

/** Applies a binary op. */
export function binary(op: Op<Record<never, never>>, a: Value, b: Value): Value {
  return apply(op, [a, b], {});
}

/**
 * Whether b is a vector along a's last axis: TensorFlow fuses that into the product before it.
 *
 * Its BiasAdd takes up to five axes.
 */
function isBias({ inputs }: Value): boolean {
  const [a, b] = inputs as [Value, Value];
  const ranks = b.shape.length === 1 && a.shape.length > 1 && a.shape.length <= 5;
  return ranks && a.shape.at(-1) === b.shape[0];
}

/** Index into a and into b of each entry of the broadcast result, in row-major order. */
function* indexPairs(a: Shape, b: Shape, target: Shape): Generator<[number, number]> {
  const strides = [broadcastStrides(a, target), broadcastStrides(b, target)] as const;
  const size = sizeOf(target);
  for (let flat = 0; flat < size; flat++) {
    let rest = flat;
    let i = 0;
    let j = 0;
    for (let axis = target.length - 1; axis >= 0; axis--) {
      const index = rest % target[axis]!;
      rest = (rest - index) / target[axis]!;
      i += index * strides[0][axis]!;
      j += index * strides[1][axis]!;
    }
    yield [i, j];
  }
}

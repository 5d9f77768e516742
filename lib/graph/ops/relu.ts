import { apply, defineOp, misfit } from "../op.ts";
import { sameShape } from "../shape.ts";
import type { Value } from "../value.ts";
import { unary, unaryOp } from "./elementwise_unary.ts";

const RELU = unaryOp({
  name: "relu",
  tensorflow: "Relu",
  stablehlo: (emit, x) => emit.elementwise("maximum", x, emit.fill(0, x.shape)),
  portable: (kernels, x) => kernels.relu(x),
  evaluate: (x) => (x <= 0 ? 0 : x), // so written, it lets NaN through as the kernels do
  derivative: (node, g) => passWherePositive(g, node),
});

const PASS_WHERE_POSITIVE = defineOp<Record<never, never>>({
  name: "passWherePositive",
  infer(inputs) {
    const [g, y] = inputs as [Value, Value];
    const real = g.dtype === "float32" && y.dtype === "float32";
    if (!real || !sameShape(g.shape, y.shape)) {
      throw misfit("passWherePositive", inputs, "wanted two float32 tensors of one shape");
    }
    return { shape: g.shape, dtype: "float32" };
  },
  // Linear in g; constant in y almost everywhere, and y's kinks carry no weight in the Hessian.
  vjp: ({ inputs }, cotangent) => [passWherePositive(cotangent, inputs[1]!), undefined],
  jvp: ({ inputs }, [g]) => g && passWherePositive(g, inputs[1]!),
  tensorflow: (emit, inputs) => emit.node("ReluGrad", inputs),
  stablehlo(emit, [g, y]) {
    const zero = emit.fill(0, g!.shape);
    return emit.select(emit.compare(y!, "GT", zero), g!, zero);
  },
  portable: (kernels, [g, y]) => kernels.mul(g!, kernels.step(y!)),
  reference: ([g, y]) => g!.data.map((gi, i) => (y!.data[i]! > 0 ? gi : 0)),
});

/** max(x, 0) entry by entry. The derivative at 0 is taken as 0, as TensorFlow and PyTorch do. */
export function relu(x: Value): Value {
  return unary(RELU, x);
}

/** g where y > 0, else 0: the derivative of ReLU applied to g. */
export function passWherePositive(g: Value, y: Value): Value {
  return apply(PASS_WHERE_POSITIVE, [g, y], {});
}

import type { Value } from "../value.ts";
import { unary, unaryOp } from "./elementwise_unary.ts";
import { mul, scale } from "./mul.ts";

const SQUARE = unaryOp({
  name: "square",
  tensorflow: "Square",
  stablehlo: (emit, x) => emit.elementwise("multiply", x, x),
  portable: (kernels, x) => kernels.square(x),
  evaluate: (x) => x * x,
  derivative: (node, g) => scale(mul(g, node.inputs[0]!), 2),
});

/** x² entry by entry. */
export function square(x: Value): Value {
  return unary(SQUARE, x);
}

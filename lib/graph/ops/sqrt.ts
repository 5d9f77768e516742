import type { Value } from "../value.ts";
import { div } from "./div.ts";
import { unary, unaryOp } from "./elementwise_unary.ts";
import { scale } from "./mul.ts";

const SQRT = unaryOp({
  name: "sqrt",
  tensorflow: "Sqrt",
  stablehlo: (emit, x) => emit.elementwise("sqrt", x),
  portable: (kernels, x) => kernels.sqrt(x),
  evaluate: Math.sqrt,
  derivative: (node, g) => div(scale(g, 0.5), node),
});

/** √x entry by entry. */
export function sqrt(x: Value): Value {
  return unary(SQRT, x);
}

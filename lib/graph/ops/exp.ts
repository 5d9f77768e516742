import type { Value } from "../value.ts";
import { unary, unaryOp } from "./elementwise_unary.ts";
import { mul } from "./mul.ts";

const EXP = unaryOp({
  name: "exp",
  tensorflow: "Exp",
  stablehlo: (emit, x) => emit.elementwise("exponential", x),
  portable: (kernels, x) => kernels.exp(x),
  evaluate: Math.exp,
  derivative: (node, g) => mul(g, node),
});

/** eˣ entry by entry. */
export function exp(x: Value): Value {
  return unary(EXP, x);
}

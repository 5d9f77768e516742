import type { Value } from "../value.ts";
import { add } from "./add.ts";
import { constant } from "./constant.ts";
import { unary, unaryOp } from "./elementwise_unary.ts";
import { mul } from "./mul.ts";

const EXPM1 = unaryOp({
  name: "expm1",
  tensorflow: "Expm1",
  stablehlo: (emit, x) => emit.elementwise("exponential_minus_one", x),
  portable: (kernels, x) => kernels.expm1(x),
  evaluate: Math.expm1,
  derivative: (node, g) => mul(g, add(node, constant(1))),
});

/** eˣ − 1 entry by entry, to full precision where x is next to 0. */
export function expm1(x: Value): Value {
  return unary(EXPM1, x);
}

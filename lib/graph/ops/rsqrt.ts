import type { Value } from "../value.ts";
import { unary, unaryOp } from "./elementwise_unary.ts";
import { mul, scale } from "./mul.ts";
import { square } from "./square.ts";

const RSQRT = unaryOp({
  name: "rsqrt",
  tensorflow: "Rsqrt",
  stablehlo: (emit, x) => emit.elementwise("rsqrt", x),
  portable: (kernels, x) => kernels.rsqrt(x),
  evaluate: (x) => 1 / Math.sqrt(x),
  // (x^-½)′ = -½ x^-3/2 = -½ y³
  derivative: (node, g) => scale(mul(g, mul(node, square(node))), -0.5),
});

/** 1/√x entry by entry. */
export function rsqrt(x: Value): Value {
  return unary(RSQRT, x);
}

import type { Value } from "../value.ts";
import { unary, unaryOp } from "./elementwise_unary.ts";
import { mul } from "./mul.ts";
import { square } from "./square.ts";
import { sub } from "./sub.ts";

const TANH = unaryOp({
  name: "tanh",
  tensorflow: "Tanh",
  stablehlo: (emit, x) => emit.elementwise("tanh", x),
  portable: (kernels, x) => kernels.tanh(x),
  evaluate: Math.tanh,
  derivative: (node, g) => sub(g, mul(g, square(node))),
});

/** tanh x entry by entry: the smooth activation, for tests against finite differences. */
export function tanh(x: Value): Value {
  return unary(TANH, x);
}

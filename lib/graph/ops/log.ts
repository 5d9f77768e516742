import type { Value } from "../value.ts";
import { div } from "./div.ts";
import { unary, unaryOp } from "./elementwise_unary.ts";

const LOG = unaryOp({
  name: "log",
  tensorflow: "Log",
  stablehlo: (emit, x) => emit.elementwise("log", x),
  portable: (kernels, x) => kernels.log(x),
  evaluate: Math.log,
  derivative: (node, g) => div(g, node.inputs[0]!),
});

/** ln x entry by entry. */
export function log(x: Value): Value {
  return unary(LOG, x);
}

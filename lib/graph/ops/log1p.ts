import type { Value } from "../value.ts";
import { add } from "./add.ts";
import { constant } from "./constant.ts";
import { div } from "./div.ts";
import { unary, unaryOp } from "./elementwise_unary.ts";

const LOG1P = unaryOp({
  name: "log1p",
  tensorflow: "Log1p",
  stablehlo: (emit, x) => emit.elementwise("log_plus_one", x),
  portable: (kernels, x) => kernels.log1p(x),
  evaluate: Math.log1p,
  derivative: ({ inputs }, g) => div(g, add(inputs[0]!, constant(1))),
});

/** ln(1 + x) entry by entry, to full precision where x is next to 0. */
export function log1p(x: Value): Value {
  return unary(LOG1P, x);
}

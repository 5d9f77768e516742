import type { Value } from "../value.ts";
import { broadcastTo } from "./sum.ts";
import { binary, binaryOp } from "./elementwise_binary.ts";
import { scale } from "./mul.ts";

const SUB = binaryOp({
  name: "sub",
  tensorflow: "Sub",
  stablehlo: "subtract",
  portable: (kernels, a, b) => kernels.sub(a, b),
  evaluate: (a, b) => a - b,
  vjp: (_, g) => [g, scale(g, -1)],
  jvp(node, a, b) {
    if (a && b) return sub(a, b);
    return broadcastTo(a ?? scale(b!, -1), node.shape);
  },
});

/** a − b, with broadcasting. */
export function sub(a: Value, b: Value): Value {
  return binary(SUB, a, b);
}

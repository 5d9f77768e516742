import type { Value } from "../value.ts";
import { binary, binaryOp } from "./elementwise_binary.ts";
import { broadcastTo } from "./sum.ts";

const ADD = binaryOp({
  name: "add",
  tensorflow: "AddV2",
  stablehlo: "add",
  portable: (kernels, a, b) => kernels.add(a, b),
  evaluate: (a, b) => a + b,
  vjp: (_, g) => [g, g],
  jvp(node, a, b) {
    if (a && b) return add(a, b);
    return broadcastTo((a ?? b)!, node.shape);
  },
});

/** a + b, with broadcasting. */
export function add(a: Value, b: Value): Value {
  return binary(ADD, a, b);
}

/** a + b where either may be an absent (zero) tangent or cotangent. */
export function addIfPresent(a: Value | undefined, b: Value | undefined): Value | undefined {
  return a && b ? add(a, b) : a ?? b;
}

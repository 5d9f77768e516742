import type { Value } from "../value.ts";
import { addIfPresent } from "./add.ts";
import { binary, binaryOp } from "./elementwise_binary.ts";
import { mul, scale } from "./mul.ts";

const DIV = binaryOp({
  name: "div",
  tensorflow: "RealDiv",
  stablehlo: "divide",
  portable: (kernels, a, b) => kernels.div(a, b),
  evaluate: (a, b) => a / b,
  vjp(node, g) {
    const b = node.inputs[1]!;
    const da = div(g, b);
    return [da, scale(mul(da, node), -1)];
  },
  jvp(node, ta, tb) {
    const b = node.inputs[1]!;
    return addIfPresent(ta && div(ta, b), tb && scale(div(mul(node, tb), b), -1));
  },
});

/** a / b entry by entry, with broadcasting. */
export function div(a: Value, b: Value): Value {
  return binary(DIV, a, b);
}

import type { Value } from "../value.ts";
import { addIfPresent } from "./add.ts";
import { constant } from "./constant.ts";
import { binary, binaryOp } from "./elementwise_binary.ts";

const MUL = binaryOp({
  name: "mul",
  tensorflow: "Mul",
  stablehlo: "multiply",
  portable: (kernels, a, b) => kernels.mul(a, b),
  evaluate: (a, b) => a * b,
  vjp({ inputs }, g) {
    const [a, b] = inputs as [Value, Value];
    return [mul(g, b), mul(g, a)];
  },
  jvp({ inputs }, ta, tb) {
    const [a, b] = inputs as [Value, Value];
    return addIfPresent(ta && mul(ta, b), tb && mul(a, tb));
  },
});

/** a · b entry by entry, with broadcasting. */
export function mul(a: Value, b: Value): Value {
  return binary(MUL, a, b);
}

/** c · x for a number c. */
export function scale(x: Value, c: number): Value {
  return mul(x, constant(c));
}

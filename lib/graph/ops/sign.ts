import type { Value } from "../value.ts";
import { broadcastTo } from "./sum.ts";
import { constant } from "./constant.ts";
import { scale } from "./mul.ts";
import { passWherePositive } from "./relu.ts";
import { sub } from "./sub.ts";

/** 1 where x > 0, −1 where x < 0, 0 where it is 0 or NaN; its derivative is zero everywhere. */
export function sign(x: Value): Value {
  const ones = broadcastTo(constant(1), x.shape);
  return sub(passWherePositive(ones, x), passWherePositive(ones, scale(x, -1)));
}

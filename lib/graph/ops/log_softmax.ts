import { apply, defineOp, misfit } from "../op.ts";
import type { Value } from "../value.ts";
import { argMax } from "./arg_max.ts";
import { exp } from "./exp.ts";
import { log } from "./log.ts";
import { mul } from "./mul.ts";
import { oneHot } from "./one_hot.ts";
import { softmax } from "./softmax.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

const LOG_SOFTMAX = defineOp<Record<never, never>>({
  name: "logSoftmax",
  infer(inputs) {
    const { shape, dtype } = inputs[0]!;
    if (shape.length !== 2 || dtype !== "float32") {
      throw misfit("logSoftmax", inputs, "wanted a matrix");
    }
    return { shape, dtype };
  },
  // The Jacobian of each row is I − 1pᵀ.
  vjp({ inputs }, g) {
    return [sub(g, mul(softmax(inputs[0]!), sum(g, [1], true)))];
  },
  jvp: ({ inputs }, [tangent]) => sub(tangent!, sum(mul(softmax(inputs[0]!), tangent!), [1], true)),
  // With the largest logit in front no exponential overflows, and the sum's logarithm is finite.
  expand({ inputs }) {
    const [logits] = inputs as [Value];
    const largest = sum(mul(logits, oneHot(argMax(logits), logits.shape[1]!)), [1], true);
    const below = sub(logits, largest);
    return sub(below, log(sum(exp(below), [1], true)));
  },
});

/** ln p_j = z_j − ln Σ_k exp z_k for each row of the logits z, shape [batch, classes]. */
export function logSoftmax(logits: Value): Value {
  return apply(LOG_SOFTMAX, [logits], {});
}

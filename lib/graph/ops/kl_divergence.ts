import type { Value } from "../value.ts";
import { logSoftmax } from "./log_softmax.ts";
import { mul } from "./mul.ts";
import { softmax } from "./softmax.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

/**
 * KL(p ‖ q) = Σ_j p_j (ln p_j − ln q_j) of each row, in nats, with p and q the softmax of logits.
 *
 * @param logits Of p, shape [batch, classes].
 * @param others Of q, of the same shape.
 * @returns Shape [batch]; where p and q are next to each other it is good to rounding of 1.
 */
export function klDivergence(logits: Value, others: Value): Value {
  return sum(mul(softmax(logits), sub(logSoftmax(logits), logSoftmax(others))), [1]);
}

import { add } from "../../graph/ops/add.ts";
import { constant } from "../../graph/ops/constant.ts";
import { log } from "../../graph/ops/log.ts";
import { relu } from "../../graph/ops/relu.ts";
import { sub } from "../../graph/ops/sub.ts";
import type { Value } from "../../graph/value.ts";
import type { Loss } from "../../losses/loss.ts";

/** Products Hv divide by the square of a probability, which a float32 has to hold. */
const LEAST = 1e-18;

/** ln p, of what is less than can be held the logarithm of the least. */
function logarithmOf(p: Value): Value {
  const least = constant(LEAST);
  return log(add(relu(sub(p, least)), least));
}

/**
 * Logits of probabilities of which nothing is known but themselves: ln p, or ln(p/(1 − p)) where each
 * is one of its own.
 */
export function logitsOf(p: Value, loss: Loss): Value {
  if (!loss.endings.includes("sigmoid")) return logarithmOf(p);
  return sub(logarithmOf(p), logarithmOf(sub(constant(1), p)));
}

import { add } from "../../graph/ops/add.ts";
import { broadcastTo } from "../../graph/ops/sum.ts";
import { constant } from "../../graph/ops/constant.ts";
import { scale } from "../../graph/ops/mul.ts";
import { relu } from "../../graph/ops/relu.ts";
import { sign } from "../../graph/ops/sign.ts";
import { sub } from "../../graph/ops/sub.ts";
import type { Value } from "../../graph/value.ts";
import { vjp } from "../../graph/vjp.ts";
import { type Criterion, meanGradient, type StepLoss } from "../criterion.ts";
import { positive } from "../optimiser.ts";

/** Constants of {@link adversarial} training. */
export interface AdversarialOptions {
  /** ε, the change of a feature, in its own units; default 0.25, the authors' for digits. */
  readonly epsilon?: number | undefined;
  /** Weight of the adversarial loss, in (0, 1]; default ½. */
  readonly share?: number | undefined;
}

/**
 * Adversarial training by the fast gradient sign method: descends (1 − s) f_B + s f_B̃, where each
 * example ξ of the batch B̃ is displaced against the network: ξ̃ = clip(ξ + ε sign ∂f_B/∂ξ, 0, 1).
 *
 * Features must be pixels in [0, 1], which `train` checks. ξ̃ counts as a constant: the sign has no derivative.
 * With batch normalisation ∂f_B/∂ξ holds what ξ does to the moments, and so to other examples.
 *
 * Source: Goodfellow, Shlens & Szegedy 2015, §6 (their α is 1 − s). Cost: two passes each way.
 *
 * @throws {RangeError} If a constant is out of range.
 */
export function adversarial(options: AdversarialOptions = {}): Criterion {
  const name = "adversarial training";
  const epsilon = positive(name, "epsilon", options.epsilon ?? 0.25);
  const share = positive(name, "share", options.share ?? 0.5);
  if (share > 1) {
    throw new RangeError(`Cannot make ${name} with share = ${share}; want a number of at most 1`);
  }
  return {
    name: `adversarial, ε = ${epsilon}, share ${share}`,
    featureRange: [0, 1],
    gradient(loss) {
      const displaced = adversarialExamples(loss, epsilon);
      const adverse = scale(loss.displaced({ examples: displaced }).losses, share);
      const mixed = share === 1 ? adverse : add(scale(loss.plain.losses, 1 - share), adverse);
      return meanGradient(mixed, loss.variables);
    },
  };
}

/** clip(ξ + ε sign ∂f_B/∂ξ, 0, 1). */
export function adversarialExamples(
  { plain: { losses }, examples }: Pick<StepLoss, "plain" | "examples">,
  epsilon: number,
): Value {
  const [slope] = vjp(losses, broadcastTo(constant(1), losses.shape), [examples]);
  if (!slope) {
    throw new TypeError(
      "Cannot displace examples that the loss does not depend on; give a network that reads them",
    );
  }
  return clipToUnit(add(examples, scale(sign(slope), epsilon)));
}

/** x in [0, 1] is left bit by bit as it is. */
function clipToUnit(x: Value): Value {
  return sub(relu(x), relu(sub(x, constant(1))));
}

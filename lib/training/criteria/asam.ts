import { add } from "../../graph/ops/add.ts";
import { constant } from "../../graph/ops/constant.ts";
import { scale } from "../../graph/ops/mul.ts";
import { relu } from "../../graph/ops/relu.ts";
import type { Value } from "../../graph/value.ts";
import type { Criterion } from "../criterion.ts";
import { positive } from "../optimiser.ts";
import { gradientAbove } from "./sharpness_aware.ts";

/** Constants of {@link asam}. */
export interface AsamOptions {
  /** ρ, the ascent relative to the parameters' own sizes; default 0.5, the authors' for CIFAR-10. */
  readonly rho?: number | undefined;
  /** η, added to |x| so that parameters at 0 move too; default 0.01, the authors'. */
  readonly eta?: number | undefined;
}

/**
 * Adaptive sharpness-aware minimisation: ĝ = ∇f_B(x + ρ T²g/‖Tg‖₂) with g = ∇f_B(x) and
 * T = diag(|x| + η), a ball that shrinks and grows with the parameters' own scale.
 *
 * T is that of the article for all parameters; the authors' code takes 1 for biases.
 *
 * Source: Kwon, Kim, Park & Choi 2021, equations 8 to 10. Cost: two passes each way.
 *
 * @throws {RangeError} If a constant is out of range.
 */
export function asam(options: AsamOptions = {}): Criterion {
  const rho = positive("ASAM", "rho", options.rho ?? 0.5);
  const eta = options.eta ?? 0.01;
  if (eta !== 0) positive("ASAM", "eta", eta);
  return {
    name: `ASAM, ρ = ${rho}, η = ${eta}`,
    gradient: (loss) =>
      gradientAbove(loss, rho, loss.variables.map((x) => add(absolute(x), constant(eta)))),
  };
}

function absolute(x: Value): Value {
  return add(relu(x), relu(scale(x, -1)));
}

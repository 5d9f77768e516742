import { add } from "../../graph/ops/add.ts";
import { constant } from "../../graph/ops/constant.ts";
import { div } from "../../graph/ops/div.ts";
import { mul } from "../../graph/ops/mul.ts";
import { sqrt } from "../../graph/ops/sqrt.ts";
import { square } from "../../graph/ops/square.ts";
import { sumAll } from "../../graph/ops/sum.ts";
import type { Value } from "../../graph/value.ts";
import { meanGradient, type StepLoss } from "../criterion.ts";

/** Added to the norm, so that the ascent from a point without slope is zero and not NaN. */
const NORM_FLOOR = 1e-12;

/**
 * The gradient at the top of a small ascent: ∇f_B(x + ρ T²g/‖Tg‖₂) with g = ∇f_B(x), the norm taken
 * over all parameters. The ascent counts as a constant, as in both sources.
 *
 * @param scales T's diagonal, in the shapes of the variables; without it T = I.
 */
export function gradientAbove(
  { plain, variables, displaced }: StepLoss,
  rho: number,
  scales?: readonly Value[],
): Value[] {
  const gradients = meanGradient(plain.losses, variables);
  const scaled = scales ? gradients.map((g, i) => mul(g, scales[i]!)) : gradients;
  const norm = sqrt(scaled.map((g) => sumAll(square(g))).reduce(add));
  const reach = div(constant(rho), add(norm, constant(NORM_FLOOR)));
  const above = variables.map((x, i) => {
    const step = scales ? mul(scaled[i]!, scales[i]!) : scaled[i]!;
    return add(x, mul(step, reach));
  });
  return meanGradient(displaced({ variables: above }).losses, above);
}

import type { Criterion } from "../criterion.ts";
import { positive } from "../optimiser.ts";
import { gradientAbove } from "./sharpness_aware.ts";

/**
 * Sharpness-aware minimisation: descends the largest loss in a ball, to first order:
 * ĝ = ∇f_B(x + ρ g/‖g‖₂) with g = ∇f_B(x).
 *
 * It makes tractable what the paper names robust training and never ran, min_x max_{‖Δ‖ ≤ ρ}
 * f(x + Δ): the inner problem is solved for the linearised loss.
 *
 * Source: Foret, Kleiner, Mobahi & Neyshabur 2021, equations 2 and 3. Cost: two passes each way.
 *
 * @param options ρ in the units of the parameters; default 0.05, the authors'.
 * @throws {RangeError} If ρ is no positive number.
 */
export function sam(options: { readonly rho?: number | undefined } = {}): Criterion {
  const rho = positive("SAM", "rho", options.rho ?? 0.05);
  return { name: `SAM, ρ = ${rho}`, gradient: (loss) => gradientAbove(loss, rho) };
}

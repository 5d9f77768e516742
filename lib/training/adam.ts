import { placeholder } from "../graph/ops/leaf.ts";
import { type Optimiser, positive, share, slotOf } from "./optimiser.ts";

/** ADAM's constants; the defaults are the paper's, which are Keras 1's. */
export interface AdamOptions {
  /** α, dimensionless; default 1e-3. */
  readonly learningRate?: number;
  /** β₁, default 0.9. */
  readonly beta1?: number;
  /** β₂, default 0.999. */
  readonly beta2?: number;
  /** ε, outside the bias correction as in Keras 1; default 1e-8. */
  readonly epsilon?: number;
}

const RATE = placeholder("learningRate", []);
const BETA1_POWER = placeholder("beta1Power", []);
const BETA2_POWER = placeholder("beta2Power", []);

/**
 * ADAM in Keras 1's form: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²,
 * x ← x − α √(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε).
 *
 * Source: Kingma & Ba 2015, algorithm 1 with the last line of §2.
 *
 * @throws {RangeError} If a constant is out of range.
 */
export function adam(options: AdamOptions = {}): Optimiser {
  const learningRate = positive("ADAM", "learningRate", options.learningRate ?? 1e-3);
  const epsilon = positive("ADAM", "epsilon", options.epsilon ?? 1e-8);
  const beta1 = share("ADAM", "beta1", options.beta1 ?? 0.9);
  const beta2 = share("ADAM", "beta2", options.beta2 ?? 0.999);
  const [first, second] = ["adam/m", "adam/v"] as const;
  return {
    name: "ADAM",
    learningRate,
    slots: [first, second],
    updates: (variables, gradients) =>
      variables.map((variable, i) => ({
        kind: "adam",
        variable,
        gradient: gradients[i]!,
        firstMoment: slotOf(variable, first),
        secondMoment: slotOf(variable, second),
        learningRate: RATE,
        beta1Power: BETA1_POWER,
        beta2Power: BETA2_POWER,
        beta1,
        beta2,
        epsilon,
      })),
    feeds: (t, rate = learningRate) => ({
      learningRate: Float32Array.of(rate),
      beta1Power: Float32Array.of(beta1 ** t),
      beta2Power: Float32Array.of(beta2 ** t),
    }),
  };
}

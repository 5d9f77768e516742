import { add } from "../../graph/ops/add.ts";
import { gaussianNoise } from "../../graph/ops/gaussian_noise.ts";
import { klDivergence } from "../../graph/ops/kl_divergence.ts";
import { scale } from "../../graph/ops/mul.ts";
import { type Criterion, meanGradient } from "../criterion.ts";
import { positive } from "../optimiser.ts";

/** Constants of {@link stability} training. */
export interface StabilityOptions {
  /** σ of the noise, in the units of the features; default 0.2. */
  readonly deviation?: number | undefined;
  /** α of the divergence; default 0.01. */
  readonly weight?: number | undefined;
}

/** Far from the draws of dropout layers, which count from 0 and share the step's key. */
const NOISE_DRAW = 0x10000;

/**
 * Stability training: descends f_B + α · mean KL(p(ξ) ‖ p(ξ + σν)) over the batch's examples ξ, with
 * ν ~ N(0, I) drawn anew at each step and p the network's class probabilities.
 *
 * The gradient runs through both p's. The authors leave out the entropy of p(ξ) from the divergence
 * and train the last layers only; like Keskar et al., who name no constants, this trains all.
 *
 * Source: Zheng, Song, Leung & Goodfellow 2016, equations 3, 6 and 7. Cost: two passes each way.
 *
 * @throws {RangeError} If a constant is out of range.
 */
export function stability(options: StabilityOptions = {}): Criterion {
  const name = "stability training";
  const deviation = positive(name, "deviation", options.deviation ?? 0.2);
  const weight = positive(name, "weight", options.weight ?? 0.01);
  return {
    name: `stability, σ = ${deviation}, α = ${weight}`,
    gradient({ plain, examples, key, variables, displaced }) {
      const noise = gaussianNoise(key, examples.shape, NOISE_DRAW);
      const noisy = displaced({ examples: add(examples, scale(noise, deviation)) });
      const divergence = klDivergence(plain.logits, noisy.logits);
      return meanGradient(add(plain.losses, scale(divergence, weight)), variables);
    },
  };
}

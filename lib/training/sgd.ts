import { add } from "../graph/ops/add.ts";
import { placeholder } from "../graph/ops/leaf.ts";
import { mul, scale } from "../graph/ops/mul.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Update } from "../graph/program.ts";
import { type Optimiser, positive, share, slotOf } from "./optimiser.ts";

/** Constants of stochastic gradient descent. */
export interface SgdOptions {
  /** α, dimensionless. */
  readonly learningRate: number;
  /** μ, default 0: plain descent. */
  readonly momentum?: number;
  /** λ, default 0: none. */
  readonly weightDecay?: number;
}

const RATE = placeholder("learningRate", []);

/**
 * Stochastic gradient descent with momentum and weight decay: u ← μu + g + λx, x ← x − αu.
 *
 * Decay is of all parameters, biases and β included: it is the gradient of λ‖x‖²/2. Momentum has no
 * damping, and α stands outside of it, as in PyTorch.
 *
 * Source: Polyak 1964 in the form of Sutskever et al. 2013.
 *
 * @throws {RangeError} If a constant is out of range.
 */
export function sgd(options: SgdOptions): Optimiser {
  const learningRate = positive("SGD", "learningRate", options.learningRate);
  const momentum = share("SGD", "momentum", options.momentum ?? 0);
  const decay = options.weightDecay ?? 0;
  if (decay !== 0) positive("SGD", "weightDecay", decay);
  const velocity = "sgd/velocity";
  return {
    name: "SGD",
    learningRate,
    slots: momentum > 0 ? [velocity] : [],
    updates: (variables, gradients) =>
      variables.flatMap((x, i): Update[] => {
        const g = decay > 0 ? add(gradients[i]!, scale(x, decay)) : gradients[i]!;
        if (momentum === 0) return [{ kind: "assign", variable: x, value: sub(x, mul(g, RATE)) }];
        const u = slotOf(x, velocity);
        const next = add(scale(u, momentum), g);
        return [
          { kind: "assign", variable: u, value: next },
          { kind: "assign", variable: x, value: sub(x, mul(next, RATE)) },
        ];
      }),
    feeds: (_, rate = learningRate) => ({ learningRate: Float32Array.of(rate) }),
  };
}

import { add } from "../graph/ops/add.ts";
import { constant } from "../graph/ops/constant.ts";
import { div } from "../graph/ops/div.ts";
import { placeholder } from "../graph/ops/leaf.ts";
import { mul } from "../graph/ops/mul.ts";
import { sqrt } from "../graph/ops/sqrt.ts";
import { square } from "../graph/ops/square.ts";
import { sub } from "../graph/ops/sub.ts";
import type { Update } from "../graph/program.ts";
import { type Optimiser, positive, slotOf } from "./optimiser.ts";

/** ADAGRAD's constants; the defaults are Keras 1's. */
export interface AdagradOptions {
  /** α, default 0.01. */
  readonly learningRate?: number;
  /** ε, default 1e-8. */
  readonly epsilon?: number;
}

const RATE = placeholder("learningRate", []);

/**
 * ADAGRAD: a ← a + g², x ← x − α g/(√a + ε).
 *
 * Source: Duchi, Hazan & Singer 2011, with diagonal matrices; ε outside the root as in Keras 1.
 *
 * @throws {RangeError} If a constant is out of range.
 */
export function adagrad(options: AdagradOptions = {}): Optimiser {
  const learningRate = positive("ADAGRAD", "learningRate", options.learningRate ?? 0.01);
  const epsilon = constant(positive("ADAGRAD", "epsilon", options.epsilon ?? 1e-8));
  const accumulator = "adagrad/accumulator";
  return {
    name: "ADAGRAD",
    learningRate,
    slots: [accumulator],
    updates: (variables, gradients) =>
      variables.flatMap((x, i): Update[] => {
        const g = gradients[i]!;
        const a = slotOf(x, accumulator);
        const next = add(a, square(g));
        const step = div(mul(g, RATE), add(sqrt(next), epsilon));
        return [
          { kind: "assign", variable: a, value: next },
          { kind: "assign", variable: x, value: sub(x, step) },
        ];
      }),
    feeds: (_, rate = learningRate) => ({ learningRate: Float32Array.of(rate) }),
  };
}

import { batchNorm } from "../../graph/ops/batch_norm.ts";
import type { Layer } from "../layer.ts";

/**
 * Batch normalisation with the batch's own statistics, at training and at evaluation (Keras 1's
 * mode 2, which the paper's code uses). γ starts at 1, β at 0.
 *
 * @param epsilon Added to the variance; Keras 1's default is 1e-3.
 */
export function norm(epsilon = 1e-3): Layer {
  return {
    kind: "norm",
    build(input, scope) {
      const channels = [input.shape.at(-1)!];
      const gamma = scope.parameter("gamma", channels, "ones");
      const beta = scope.parameter("beta", channels, "zeros");
      return batchNorm(input, gamma, beta, epsilon);
    },
  };
}

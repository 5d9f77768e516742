import { apply, defineOp, misfit } from "../op.ts";
import { sizeOf } from "../shape.ts";
import type { Value } from "../value.ts";
import { add } from "./add.ts";
import { checkChannels } from "./batch_norm.ts";
import { inverseDeviation, momentsOver } from "./moments.ts";
import { mul } from "./mul.ts";
import { reshape } from "./reshape.ts";

const GHOST_BATCH_NORM = defineOp<{ ghostSize: number; epsilon: number }>({
  name: "ghostBatchNorm",
  infer(inputs, { ghostSize }) {
    checkChannels("ghostBatchNorm", inputs);
    const { shape } = inputs[0]!;
    if (!(ghostSize > 0 && Number.isInteger(shape[0]! / ghostSize))) {
      throw misfit(
        "ghostBatchNorm",
        inputs,
        `wanted a batch that is a multiple of the ghost size ${ghostSize}`,
      );
    }
    return { shape, dtype: "float32" };
  },
  expand({ inputs, attributes: { ghostSize, epsilon } }) {
    const [x, gamma, beta] = inputs as [Value, Value, Value];
    const channels = x.shape.at(-1)!;
    const ghosts = x.shape[0]! / ghostSize;
    const grouped = reshape(x, [ghosts, sizeOf(x.shape) / (ghosts * channels), channels]);
    const { centred, variance } = momentsOver(grouped, [1], true);
    const standardised = mul(centred, inverseDeviation(variance, epsilon));
    return reshape(add(mul(standardised, gamma), beta), x.shape);
  },
});

/**
 * Ghost batch normalisation: batch normalisation of each run of `ghostSize` consecutive examples by
 * itself, so that a large batch is normalised like many small ones.
 *
 * Source: Hoffer, Hubara & Soudry 2017, algorithm 1.
 *
 * @param x Shape [N, ..., C], N a multiple of the ghost size.
 * @param gamma Shape [C].
 * @param beta Shape [C].
 * @throws {TypeError} If the batch is no multiple of the ghost size.
 */
export function ghostBatchNorm(
  x: Value,
  gamma: Value,
  beta: Value,
  ghostSize: number,
  epsilon = 1e-3,
): Value {
  return apply(GHOST_BATCH_NORM, [x, gamma, beta], { ghostSize, epsilon });
}

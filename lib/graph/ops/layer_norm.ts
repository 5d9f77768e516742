import { apply, defineOp } from "../op.ts";
import type { Value } from "../value.ts";
import { add } from "./add.ts";
import { checkChannels } from "./batch_norm.ts";
import { inverseDeviation, momentsOver } from "./moments.ts";
import { mul } from "./mul.ts";

const LAYER_NORM = defineOp<{ epsilon: number }>({
  name: "layerNorm",
  infer(inputs) {
    checkChannels("layerNorm", inputs);
    return { shape: inputs[0]!.shape, dtype: "float32" };
  },
  expand({ inputs, attributes: { epsilon } }) {
    const [x, gamma, beta] = inputs as [Value, Value, Value];
    const axes = x.shape.slice(1).map((_, axis) => axis + 1);
    const { centred, variance } = momentsOver(x, axes, true);
    return add(mul(mul(centred, inverseDeviation(variance, epsilon)), gamma), beta);
  },
});

/**
 * Layer normalisation y = γ (x − μ)/√(σ² + ε) + β with mean μ and (biased) variance σ² of each
 * example over all its units. So no example depends on the others of its batch.
 *
 * Source: Ba, Kiros & Hinton 2016, eq. (4). Of images, γ and β are one a channel, as in group
 * normalisation with one group (Wu & He 2018), where Ba et al. have one a unit.
 *
 * @param x Shape [N, ..., C].
 * @param gamma Shape [C].
 * @param beta Shape [C].
 */
export function layerNorm(x: Value, gamma: Value, beta: Value, epsilon = 1e-3): Value {
  return apply(LAYER_NORM, [x, gamma, beta], { epsilon });
}

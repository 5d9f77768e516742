import { apply, defineOp, misfit } from "../op.ts";
import { sameShape, type Shape, sizeOf } from "../shape.ts";
import type { TensorFlowEmitter } from "../tensorflow_emitter.ts";
import type { Value } from "../value.ts";
import { add } from "./add.ts";
import { allButLast, inverseDeviation, momentsOver } from "./moments.ts";
import { mul, scale } from "./mul.ts";
import { sub } from "./sub.ts";
import { sum } from "./sum.ts";

type Options = { epsilon: number };
type GradientOptions = { epsilon: number; of: "input" | "scale" | "offset" };

const BATCH_NORM = defineOp<Options>({
  name: "batchNorm",
  infer(inputs) {
    checkChannels("batchNorm", inputs);
    return { shape: inputs[0]!.shape, dtype: "float32" };
  },
  vjp({ inputs, attributes: { epsilon } }, g) {
    return (["input", "scale", "offset"] as const).map((of) =>
      apply(BATCH_NORM_GRADIENT, [...inputs, g], { epsilon, of })
    );
  },
  expand({ inputs, attributes }) {
    const [x, gamma, beta] = inputs as [Value, Value, Value];
    return add(mul(standardise(x, attributes.epsilon).standardised, gamma), beta);
  },
  tensorflow(emit, inputs, node) {
    return unflatten(emit, `${forward(emit, inputs, node)}:0`, node.shape);
  },
});

/** Checks x [..., C], γ [C], β [C] and, of the gradient, ȳ of x's shape. */
export function checkChannels(name: string, inputs: readonly Value[]): void {
  const [x, gamma, beta, g = x] = inputs as [Value, Value, Value, Value?];
  const channels = x.shape.slice(-1);
  const fits = x.shape.length > 1 && sameShape(gamma.shape, channels) &&
    sameShape(beta.shape, channels) && sameShape(g.shape, x.shape);
  if (!fits || inputs.some(({ dtype }) => dtype !== "float32")) {
    throw misfit(name, inputs, "wanted float32 x [..., C], gamma [C] and beta [C]");
  }
}

/** x̂ = (x − μ)/√(σ² + ε) with the moments of the batch, and 1/√(σ² + ε). */
function standardise(x: Value, epsilon: number) {
  const { centred, variance } = momentsOver(x, allButLast(x.shape));
  const inverse = inverseDeviation(variance, epsilon);
  return { standardised: mul(centred, inverse), inverse };
}

/**
 * Ioffe & Szegedy 2015, §3, in closed form: β̄ = Σ ȳ, γ̄ = Σ ȳ x̂ and
 * x̄ = γ/√(σ² + ε) · (ȳ − (β̄ + x̂ γ̄)/N), sums over the N entries of each channel.
 */
const BATCH_NORM_GRADIENT = defineOp<GradientOptions>({
  name: "batchNormGradient",
  infer(inputs, { of }) {
    checkChannels("batchNormGradient", inputs);
    return { shape: inputs[of === "input" ? 0 : 1]!.shape, dtype: "float32" };
  },
  expand({ inputs, attributes: { epsilon, of } }) {
    const [x, gamma, _, g] = inputs as [Value, Value, Value, Value];
    const { standardised, inverse } = standardise(x, epsilon);
    const axes = allButLast(x.shape);
    const share = x.shape.at(-1)! / sizeOf(x.shape);
    const offset = sum(g, axes);
    if (of === "offset") return offset;
    const slope = sum(mul(g, standardised), axes);
    if (of === "scale") return slope;
    const mean = scale(add(offset, mul(standardised, slope)), share);
    return mul(mul(gamma, inverse), sub(g, mean));
  },
  // Batch norm takes the mean away: what is added to all of a channel, such as a bias before it, has
  // the derivative zero. Its rounding errors would otherwise be what ADAM scales up to full steps.
  sumVanishes: ({ shape, attributes }, axes) =>
    attributes.of === "input" && allButLast(shape).every((axis) => axes.includes(axis)),
  tensorflow(emit, [x, gamma, beta, g], node) {
    const input = node.inputs[0]!;
    const fused = forward(emit, [x!, gamma!, beta!], {
      shape: input.shape,
      attributes: { epsilon: node.attributes.epsilon },
    });
    const gradient = emit.once(`gradient ${fused} ${g}`, () =>
      emit.node("FusedBatchNormGradV3", [
        flatten(emit, g!, input.shape),
        flatten(emit, x!, input.shape),
        gamma!,
        ...[3, 4, 5].map((reserve) => `${fused}:${reserve}`),
      ], kernelOptions(node.attributes.epsilon)));
    if (node.attributes.of === "input") return unflatten(emit, `${gradient}:0`, input.shape);
    return `${gradient}:${node.attributes.of === "scale" ? 1 : 2}`;
  },
});

/** The fused forward node; its outputs 3 to 5 are what its gradient kernel wants back. */
function forward(
  emit: TensorFlowEmitter,
  [x, gamma, beta]: readonly string[],
  { shape, attributes }: { shape: Shape; attributes: Options },
): string {
  return emit.once(`batchNorm ${x} ${gamma} ${beta} ${attributes.epsilon}`, () => {
    const none = emit.once("empty", () => emit.node("Fill", [emit.int32([0]), emit.float32(0)]));
    return emit.node(
      "FusedBatchNormV3",
      [flatten(emit, x!, shape), gamma!, beta!, none, none],
      { ...kernelOptions(attributes.epsilon), exponential_avg_factor: { float: 1 } },
    );
  });
}

function kernelOptions(epsilon: number) {
  return {
    U: { type: "float32" },
    epsilon: { float: epsilon },
    data_format: { string: "NHWC" },
    is_training: { bool: true },
  } as const;
}

/** The fused kernels take images only: a matrix [N, C] becomes [N, 1, 1, C] for them. */
function flatten(emit: TensorFlowEmitter, x: string, shape: Shape): string {
  return shape.length === 4 ? x : emit.once(`flatten ${x}`, () => {
    const channels = shape.at(-1)!;
    const image = emit.int32([sizeOf(shape) / channels, 1, 1, channels]);
    return emit.node("Reshape", [x, image], { Tshape: { type: "int32" } });
  });
}

function unflatten(emit: TensorFlowEmitter, x: string, shape: Shape): string {
  return shape.length === 4 ? x : emit.once(
    `unflatten ${x}`,
    () => emit.node("Reshape", [x, emit.int32(shape)], { Tshape: { type: "int32" } }),
  );
}

/**
 * Batch normalisation y = γ (x − μ)/√(σ² + ε) + β with the batch's own mean μ and (biased)
 * variance σ² of each channel.
 *
 * Source: Ioffe & Szegedy 2015, algorithm 1; batch statistics at training and at evaluation are
 * what the paper's own code does.
 *
 * @param x Shape [..., C]; the moments are taken over all axes but the last.
 * @param gamma Shape [C].
 * @param beta Shape [C].
 * @param epsilon ε; Keras' default is 1e-3.
 */
export function batchNorm(x: Value, gamma: Value, beta: Value, epsilon = 1e-3): Value {
  return apply(BATCH_NORM, [x, gamma, beta], { epsilon });
}

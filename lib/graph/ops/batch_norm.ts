/**
 * Batch normalisation, its gradient, and the forward derivatives of both, which Hv is made of. All
 * are written in terms of the two fused kernels, so that few passes over the activations are needed.
 */
import { apply, defineOp, misfit } from "../op.ts";
import { sameShape, type Shape, sizeOf } from "../shape.ts";
import type { TensorFlowEmitter } from "../tensorflow_emitter.ts";
import type { Op, Value } from "../value.ts";
import { add, addIfPresent } from "./add.ts";
import { constant } from "./constant.ts";
import { allButLast, inverseDeviation, momentsOver } from "./moments.ts";
import { mul, scale } from "./mul.ts";
import { sub } from "./sub.ts";
import { broadcastTo, sum, zeros } from "./sum.ts";

type Options = { epsilon: number };
type GradientOptions = { epsilon: number; of: "input" | "scale" | "offset" };

const BATCH_NORM: Op<Options> = defineOp<Options>({
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
  // ẏ = γ/√(σ² + ε) · P(ẋ) + γ̇ x̂ + β̇ with P(u) = u − (Σ u + x̂ Σ u x̂)/N, symmetric in u and g.
  jvp({ inputs, attributes }, [t, ofGamma, ofBeta]) {
    const [x, gamma] = inputs as [Value, Value];
    const byInput = t && mul(projected(inputs, t, attributes.epsilon), gamma);
    if (!ofGamma && !ofBeta) return byInput;
    const slope = ofGamma ?? zeros(gamma.shape);
    const byScale = batchNorm(x, slope, ofBeta ?? zeros(gamma.shape), attributes.epsilon);
    return addIfPresent(byInput, byScale);
  },
  expand({ inputs, attributes }) {
    const [x, gamma, beta] = inputs as [Value, Value, Value];
    return add(mul(standardise(x, attributes.epsilon).standardised, gamma), beta);
  },
  tensorflow(emit, inputs, node) {
    return unflatten(emit, `${forward(emit, inputs, node)}:0`, node.shape);
  },
});

/** P(u)/√(σ² + ε) for a tangent or cotangent u: the gradient by x with γ = 1. */
function projected([x, gamma, beta]: readonly Value[], u: Value, epsilon: number): Value {
  return along([x!, ones(gamma!), beta!], u, epsilon, "input");
}

function ones({ shape }: Value): Value {
  return broadcastTo(constant(1), shape);
}

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
const BATCH_NORM_GRADIENT: Op<GradientOptions> = defineOp<GradientOptions>({
  name: "batchNormGradient",
  infer(inputs, { of }) {
    checkChannels("batchNormGradient", inputs);
    return { shape: inputs[of === "input" ? 0 : 1]!.shape, dtype: "float32" };
  },
  jvp: ({ inputs, attributes: { epsilon, of } }, tangents) =>
    (of === "input" ? tangentByInput : of === "scale" ? tangentByScale : tangentByOffset)(
      inputs,
      tangents,
      epsilon,
    ),
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
    const fused = momentsNode(emit, [x!, gamma!, beta!], {
      shape: input.shape,
      attributes: { epsilon: node.attributes.epsilon },
    });
    const gradient = emit.once(
      `gradient ${fused} ${gamma} ${g}`,
      () =>
        emit.node("FusedBatchNormGradV3", [
          flatten(emit, g!, input.shape),
          flatten(emit, x!, input.shape),
          gamma!,
          ...[3, 4, 5].map((reserve) => `${fused}:${reserve}`),
        ], kernelOptions(node.attributes.epsilon)),
    );
    if (node.attributes.of === "input") return unflatten(emit, `${gradient}:0`, input.shape);
    return `${gradient}:${node.attributes.of === "scale" ? 1 : 2}`;
  },
});

type Tangents = readonly (Value | undefined)[];

/** The tangent of β̄ = Σ g. */
function tangentByOffset(inputs: readonly Value[], [, , , ofG]: Tangents, epsilon: number) {
  return ofG && along(inputs, ofG, epsilon, "offset");
}

/** The tangent of γ̄ = Σ g x̂: Σ ġ x̂ + Σ g P(ẋ)/√(σ² + ε). */
function tangentByScale(inputs: readonly Value[], [t, , , ofG]: Tangents, epsilon: number) {
  return addIfPresent(
    ofG && along(inputs, ofG, epsilon, "scale"),
    t && turned(inputs, t, epsilon),
  );
}

/** Σ g x̂̇, where x̂̇ = P(ẋ)/√(σ² + ε). */
function turned(inputs: readonly Value[], t: Value, epsilon: number): Value {
  const g = inputs[3]!;
  return sum(mul(g, projected(inputs, t, epsilon)), allButLast(g.shape));
}

/**
 * The tangent of x̄ = γ s P(g) with s = 1/√(σ² + ε), where ṡ = −s² Σ ẋ x̂/N and x̂̇ = s P(ẋ):
 * γ s P(ġ) + (γ̇ − γ s Σ ẋ x̂/N) s P(g) − (γ s Σ g x̂/N) s P(ẋ) − (γ s Σ g x̂̇/N) x̂.
 */
function tangentByInput(
  inputs: readonly Value[],
  [t, ofGamma, , ofG]: Tangents,
  epsilon: number,
): Value | undefined {
  const [x, gamma, beta, g] = inputs as [Value, Value, Value, Value];
  let turn = ofGamma;
  let bent: Value | undefined;
  if (t) {
    const inverse = inverseDeviationOf(x, gamma, beta, epsilon);
    const share = scale(mul(gamma, inverse), -gamma.shape[0]! / sizeOf(x.shape));
    const ofSpread = along([x, ones(gamma), beta], t, epsilon, "scale");
    turn = addIfPresent(turn, mul(share, ofSpread));
    bent = add(
      mul(
        projected(inputs, t, epsilon),
        mul(share, along(inputs, g, epsilon, "scale")),
      ),
      batchNorm(x, mul(share, turned(inputs, t, epsilon)), zeros(gamma.shape), epsilon),
    );
  }
  const bySlope = turn && along([x, turn, beta], g, epsilon, "input");
  return addIfPresent(
    addIfPresent(ofG && along(inputs, ofG, epsilon, "input"), bySlope),
    bent,
  );
}

/** One of the three gradients, along another cotangent. */
function along(
  [x, gamma, beta]: readonly Value[],
  g: Value,
  epsilon: number,
  of: GradientOptions["of"],
): Value {
  return apply(BATCH_NORM_GRADIENT, [x!, gamma!, beta!, g], { epsilon, of });
}

/** 1/√(σ² + ε) of each channel, from the moments that the fused kernel has. */
const INVERSE_DEVIATION = defineOp<Options>({
  name: "batchNormInverseDeviation",
  infer(inputs) {
    checkChannels("batchNormInverseDeviation", inputs);
    return { shape: inputs[1]!.shape, dtype: "float32" };
  },
  expand: ({ inputs, attributes }) => standardise(inputs[0]!, attributes.epsilon).inverse,
  tensorflow(emit, inputs, { inputs: [x], attributes: { epsilon } }) {
    const fused = momentsNode(emit, inputs, { shape: x!.shape, attributes: { epsilon } });
    return emit.node("Rsqrt", [emit.node("AddV2", [`${fused}:4`, emit.float32(epsilon)])]);
  },
});

/** 1/√(σ² + ε) of each channel of what batch norm is applied to. */
export function inverseDeviationOf(x: Value, gamma: Value, beta: Value, epsilon: number): Value {
  return apply(INVERSE_DEVIATION, [x, gamma, beta], { epsilon });
}

/** The fused forward node. The first one of x has the moments, which the others are given. */
function forward(
  emit: TensorFlowEmitter,
  inputs: readonly string[],
  normed: { readonly shape: Shape; readonly attributes: Options },
): string {
  const [x, gamma, beta] = inputs as [string, string, string];
  const { shape, attributes: { epsilon } } = normed;
  const fused = momentsNode(emit, inputs, normed);
  return emit.once(
    `batchNorm ${x} ${gamma} ${beta} ${epsilon}`,
    () =>
      emit.node(
        "FusedBatchNormV3",
        [flatten(emit, x, shape), gamma, beta, `${fused}:3`, `${fused}:4`],
        kernelOptions(epsilon, false),
      ),
  );
}

/** A fused forward node of x, by whichever γ and β; its outputs 3 to 5 are for gradients. */
function momentsNode(
  emit: TensorFlowEmitter,
  [x, gamma, beta]: readonly string[],
  { shape, attributes: { epsilon } }: { readonly shape: Shape; readonly attributes: Options },
): string {
  return emit.once(`batchNorm moments ${x} ${epsilon}`, () => {
    const none = emit.once("empty", () => emit.node("Fill", [emit.int32([0]), emit.float32(0)]));
    const make = () =>
      emit.node(
        "FusedBatchNormV3",
        [flatten(emit, x!, shape), gamma!, beta!, none, none],
        { ...kernelOptions(epsilon), exponential_avg_factor: { float: 1 } },
      );
    return emit.once(`batchNorm ${x} ${gamma} ${beta} ${epsilon}`, make);
  });
}

function kernelOptions(epsilon: number, isTraining = true) {
  return {
    U: { type: "float32" },
    epsilon: { float: epsilon },
    data_format: { string: "NHWC" },
    is_training: { bool: isTraining },
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

import { leafName, placeholder, variable } from "../graph/ops/leaf.ts";
import type { Update } from "../graph/program.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Value } from "../graph/value.ts";
import type { NumericArray } from "../engine/engine.ts";

/** ADAM's constants; the defaults are the paper's, which are Keras 1's. */
export interface AdamOptions {
  /** α, dimensionless. */
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** ε, outside the bias correction as in Keras 1. */
  readonly epsilon: number;
}

/** The constants that the paper's code runs with. */
export const KERAS_ADAM: AdamOptions = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
};

const RATE = placeholder("learningRate", []);
const BETA1_POWER = placeholder("beta1Power", []);
const BETA2_POWER = placeholder("beta2Power", []);

/** One ADAM update of each variable (Kingma & Ba 2015, algorithm 1, last line of §2). */
export function adamUpdates(
  variables: readonly Value[],
  gradients: readonly Value[],
  { beta1, beta2, epsilon }: AdamOptions,
): Update[] {
  return variables.map((parameter, i) => {
    const [firstMoment, secondMoment] = momentsOf(parameter);
    return {
      kind: "adam",
      variable: parameter,
      gradient: gradients[i]!,
      firstMoment,
      secondMoment,
      learningRate: RATE,
      beta1Power: BETA1_POWER,
      beta2Power: BETA2_POWER,
      beta1,
      beta2,
      epsilon,
    };
  });
}

const MOMENTS = new WeakMap<Value, [Value, Value]>();

/** m and v of a parameter: the same two variables in every function of the program. */
function momentsOf(parameter: Value): [Value, Value] {
  const name = leafName(parameter);
  const moments = MOMENTS.get(parameter) ??
    [variable(`adam/m/${name}`, parameter.shape), variable(`adam/v/${name}`, parameter.shape)];
  MOMENTS.set(parameter, moments);
  return moments;
}

/** Values of all moments before the first step: zero. */
export function initialMoments(variables: readonly Value[]): Record<string, Float32Array> {
  return Object.fromEntries(
    variables.flatMap((parameter) =>
      momentsOf(parameter).map((moment) => [
        leafName(moment),
        new Float32Array(sizeOf(parameter.shape)),
      ])
    ),
  );
}

/** What step t (counted from 1) is fed beside its batch. */
export function adamFeeds(
  t: number,
  { learningRate, beta1, beta2 }: AdamOptions,
): Record<string, NumericArray> {
  return {
    learningRate: Float32Array.of(learningRate),
    beta1Power: Float32Array.of(beta1 ** t),
    beta2Power: Float32Array.of(beta2 ** t),
  };
}

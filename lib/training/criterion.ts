import type { Dataset } from "../data/dataset.ts";
import type { Value } from "../graph/value.ts";
import { type Chunk, gradientOf } from "../objective/classifier_program.ts";

/** The loss of a step's batch: where the step starts, and anywhere else. */
export interface StepLoss {
  /** x, the variables of the session. */
  readonly variables: readonly Value[];
  /** The batch's examples, shape [size, …]. */
  readonly examples: Value;
  /** Two words, int32 [2], others at each step: what is drawn at random is drawn by them. */
  readonly key: Value;
  /**
   * The loss at x on the examples.
   *
   * Running moments of batch normalisation are averaged over this pass alone. They are to describe
   * x and the training set, not the displaced points and examples of other passes.
   */
  readonly plain: Chunk;
  /**
   * The loss at another point, on other examples, or both.
   *
   * Units drop out by the same masks as in {@link plain}, so that passes differ by what is displaced
   * alone; batch normalisation takes the moments of the pass itself.
   */
  displaced(to: { readonly variables?: readonly Value[]; readonly examples?: Value }): Chunk;
}

/**
 * What a step of training descends: which gradient g_k its optimiser is given.
 *
 * A criterion adds to the graph of the step, so that all of its passes are one call of the engine.
 * The loss that is measured after each epoch is f for every criterion.
 *
 * @example Double backpropagation (Drucker & Le Cun 1992): descend f + ½λ‖∂f/∂examples‖²
 * ```ts
 * import { type Criterion, meanGradient } from "./criterion.ts";
 * import { add } from "../graph/ops/add.ts";
 * import { broadcastTo } from "../graph/ops/sum.ts";
 * import { constant } from "../graph/ops/constant.ts";
 * import { scale } from "../graph/ops/mul.ts";
 * import { reshape } from "../graph/ops/reshape.ts";
 * import { square } from "../graph/ops/square.ts";
 * import { sumTo } from "../graph/ops/sum.ts";
 * import { vjp } from "../graph/vjp.ts";
 *
 * const doubleBackpropagation = (lambda: number): Criterion => ({
 *   name: `double backpropagation, λ = ${lambda}`,
 *   gradient({ plain, examples, variables }) {
 *     const { losses } = plain;
 *     const slope = vjp(losses, broadcastTo(constant(1), losses.shape), [examples])[0]!;
 *     const [size, ...rest] = examples.shape as [number, ...number[]];
 *     const perExample = sumTo(square(slope), [size, ...rest.map(() => 1)]);
 *     const penalty = scale(reshape(perExample, [size]), lambda / 2);
 *     return meanGradient(add(losses, penalty), variables);
 *   },
 * });
 * ```
 */
export interface Criterion {
  /** For records and tables, constants included: `SAM, ρ = 0.05`. */
  readonly name: string;
  /** Where all features of the training set must lie, if the criterion relies on it. */
  readonly featureRange?: readonly [least: number, most: number];
  /** g_k, one value of the shape of each variable. */
  gradient(loss: StepLoss): Value[];
}

/**
 * Checks that a criterion can be used on a training set.
 *
 * @throws {RangeError} If a feature lies outside the range that the criterion relies on.
 */
export function checkFeatures(
  { name, featureRange }: Criterion,
  { features, name: data }: Dataset,
) {
  if (!featureRange) return;
  const [least, most] = featureRange;
  const stray = features.find((feature) => !(feature >= least && feature <= most));
  if (stray === undefined) return;
  throw new RangeError(
    `Cannot train on ${data} by the criterion "${name}": a feature is ${stray}, ` +
      `and it takes features in [${least}, ${most}], such as pixels; use another criterion`,
  );
}

/**
 * ∇ of the mean of the losses.
 *
 * @param losses Of each example, shape [size].
 * @returns One value for each variable.
 * @throws {TypeError} If the losses do not depend on a variable.
 */
export function meanGradient(losses: Value, variables: readonly Value[]): Value[] {
  return gradientOf({ losses }, variables, 1 / losses.shape[0]!);
}

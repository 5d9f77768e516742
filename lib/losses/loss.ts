import type { Shape } from "../graph/shape.ts";
import type { Value } from "../graph/value.ts";

/** What the last op of a model says of its output. */
export type Ending = "softmax" | "log-softmax" | "sigmoid";

/** A model's output, as far as a loss is chosen by it. */
export interface ModelOutput {
  /** Of one example. */
  readonly shape: Shape;
  /** Absent where the last op leaves open what the output means. */
  readonly ending?: Ending | undefined;
}

/** What data say an example's output should be, as far as a loss is chosen by it. */
export interface TargetFacts {
  /** Entries of one example's target as it stands in the data. */
  readonly entries: number;
  /** Labels of one example, one for each position, say; 0 where the targets cannot be classes. */
  readonly labels: number;
  /** Whether all entries are whole numbers. */
  readonly areWhole: boolean;
  /** Whether all entries are 0 or 1. */
  readonly areBinary: boolean;
}

/** How a model's output is cut into rows; a row has a loss of its own. */
export interface OutputRows {
  /** Rows of one example: 1, or its positions. */
  readonly perExample: number;
  /** Entries of a row: classes, or values. */
  readonly width: number;
  /** For people: `10 classes at each of 5 positions`. */
  readonly understood: string;
}

/** One of the ways in which a program may give a model's output. */
export interface OutputForm {
  /** For instance `probabilities`. */
  readonly name: string;
  /** This form of a row, from the row as the loss takes it. */
  of(row: Float64Array): Float64Array;
}

/**
 * What a network is trained to make small: f is the mean of a loss ℓ over all rows of its outputs,
 * or Σ w_i ℓ_i / Σ w_i where examples have weights w.
 *
 * A new loss is one file, and an entry in `losses.ts`. Its graph is made of ops, so that ∇f and Hv
 * are exact on every engine.
 *
 * @example A loss of your own: the squared error relative to 1 + t²
 * ```ts
 * import type { Loss } from "./loss.ts";
 * import { MEAN_SQUARED_ERROR } from "./mean_squared_error.ts";
 * import { constant } from "../graph/ops/constant.ts";
 * import { add } from "../graph/ops/add.ts";
 * import { div } from "../graph/ops/div.ts";
 * import { square } from "../graph/ops/square.ts";
 * import { sub } from "../graph/ops/sub.ts";
 * import { sum } from "../graph/ops/sum.ts";
 * import { referenceEngine } from "../engine/reference/engine.ts";
 * import { dense } from "../networks/layers/dense.ts";
 * import { stack } from "../networks/network.ts";
 * import { objectiveOf } from "../objective/objective_of.ts";
 * import assert from "node:assert/strict";
 *
 * const relative: Loss = {
 *   ...MEAN_SQUARED_ERROR,
 *   name: "relative-squared-error",
 *   title: "relative squared error",
 *   equation: "sum of (z − t)² / (1 + t²)",
 *   losses: (z, t) => sum(div(square(sub(z, t)), add(square(t), constant(1))), [1]),
 * };
 * const data = {
 *   name: "one example",
 *   count: 1,
 *   features: Float32Array.of(2),
 *   featureShape: [1],
 *   labels: new Int32Array(),
 *   classes: 0,
 *   targets: { values: Float32Array.of(3), shape: [] },
 * };
 * const network = { ...stack("line", [1], [dense(1)]), loss: relative };
 * await using f = await objectiveOf(network, data, { engine: referenceEngine() });
 * // z = 2 · 1 + 0, so that f = (2 − 3)² / 10 and ∇f = 2 (2 − 3) (2, 1) / 10.
 * const { value, gradient } = await f.evaluate(Float64Array.of(1, 0));
 * assert.deepEqual([value, ...gradient], [0.1, -0.4, -0.2]);
 * ```
 */
export interface Loss {
  /** On the command line: `mean-squared-error`. */
  readonly name: string;
  /** In sentences: `mean squared error`. */
  readonly title: string;
  /** ℓ of a row. */
  readonly equation: string;
  /** Of ℓ; empty where it is the square of whatever unit the targets have. */
  readonly unit: "nats" | "";
  /** Whether it wants a class for each row, or a number for each entry of it. */
  readonly targets: "labels" | "values";
  /** What an output has to be, for messages. */
  readonly wants: string;
  /** Endings behind which it looks: it takes what goes into them. */
  readonly endings: readonly Ending[];
  /** Whether it takes the output as it is where it ends otherwise. */
  readonly takesOtherEndings: boolean;
  /** How programs may give what the loss takes, the loss's own form first. */
  readonly forms: readonly OutputForm[];
  /** Whether a model of such an output is trained by it, as a rule, on such targets. */
  fits(output: ModelOutput, targets?: TargetFacts): boolean;
  /** How an example's output is cut, by its shape; `undefined` if the loss wants another shape. */
  rows(output: Shape): OutputRows | undefined;
  /** The output of a batch, shape [batch, ...], as rows of shape [batch · perExample, width]. */
  cut(output: Value, rows: OutputRows): Value;
  /**
   * ℓ of each row, shape [rows].
   *
   * @param outputs Shape [rows, width].
   * @param targets Labels, int32 [rows], or values, float32 [rows, width].
   */
  losses(outputs: Value, targets: Value): Value;
  /** What is wrong with a value as a target, if anything. */
  targetFault?(value: number): string | undefined;
  /**
   * Share of a row that is hit, in [0, 1]; absent where no output is right or wrong.
   *
   * @param target The label alone, or as many values as the row has.
   */
  hits?(row: ArrayLike<number>, target: ArrayLike<number>): number;
}

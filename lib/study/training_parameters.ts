/** The parameters that training and warm start share. */
import { z } from "zod";
import { CRITERION_FIELD } from "./criterion_parameters.ts";
import { LEARNING_RATE_FIELDS } from "./learning_rate_parameters.ts";
import { OBJECTIVE_FIELDS } from "./objective_parameters.ts";
import { type Augmentation, PAPER_AUGMENTATION } from "../data/augmentation.ts";
import { adagrad } from "../training/adagrad.ts";
import { adam } from "../training/adam.ts";
import type { BatchGrowth } from "../training/batch_growth.ts";
import { type Conservative, conservative } from "../training/conservative.ts";
import type { Optimiser } from "../training/optimiser.ts";
import { sgd } from "../training/sgd.ts";

/** A number of examples, or a share of the training set. */
const BATCH_FIELD = z.union([
  z.int().positive(),
  z.string().regex(/^\d+(\.\d+)?%$/, "wanted a number of examples or a share such as 10%"),
]);

/** Fields of a strict schema, to be spread into a stage's own. */
export const TRAINING_FIELDS = {
  ...OBJECTIVE_FIELDS,
  /** Seed of the study; trial t starts from x₀ and shuffles by seed + t. */
  seed: z.int().nonnegative(),
  trial: z.int().nonnegative(),
  /** |B_k|: a number of examples, or a share of the training set such as `10%`. */
  batch: BATCH_FIELD,
  /** How batches grow from there on: by a factor, every few epochs, up to a size or a share. */
  batchGrowth: z.strictObject({
    factor: z.number().gt(1),
    everyEpochs: z.int().positive(),
    most: BATCH_FIELD,
  }).optional(),
  /** What the images of a step are moved by; `paper` flips, rotates by ≤ 10° and shifts by ≤ 0.2. */
  augmentation: z.union([
    z.enum(["none", "paper"]),
    z.strictObject({
      flip: z.boolean(),
      rotationDegrees: z.number().min(0).max(180),
      shift: z.number().min(0).max(1),
    }),
  ]).default("none"),
  /** Several steps on each batch, held back by λ: `true` for the paper's three, λ = 1e-3. */
  conservative: z.union([
    z.boolean(),
    z.strictObject({
      lambda: z.number().nonnegative().optional(),
      iterations: z.int().positive().optional(),
      memory: z.enum(["kept", "fresh"]).optional(),
    }),
  ]).default(false),
  /** Passes over the training set, or the most of them if `patience` is given. */
  epochs: z.int().nonnegative(),
  /** Stop when the loss has not improved for so many epochs. */
  patience: z.int().positive().optional(),
  /** What counts as improved: a relative decrease of the training loss. */
  minimumDecrease: z.number().nonnegative().optional(),
  /** Which iterate is the result: that of the least training loss, or the last. */
  iterate: z.enum(["least", "last"]).default("least"),
  /** What a step descends. */
  criterion: CRITERION_FIELD.default("plain"),
  optimiser: z.enum(["adam", "sgd", "adagrad"]).default("adam"),
  ...LEARNING_RATE_FIELDS,
  /** μ of SGD. */
  momentum: z.number().min(0).lt(1).optional(),
  /** λ of SGD. */
  weightDecay: z.number().nonnegative().optional(),
};

/** What {@link optimiserOf} needs of the parameters. */
export interface OptimiserParameters {
  readonly optimiser: "adam" | "sgd" | "adagrad";
  readonly learningRate: number;
  readonly momentum?: number | undefined;
  readonly weightDecay?: number | undefined;
}

/** The optimiser that the parameters name. @throws {RangeError} For SGD's constants with another. */
export function optimiserOf(parameters: OptimiserParameters): Optimiser {
  const { optimiser, learningRate, momentum, weightDecay } = parameters;
  if (optimiser === "sgd") {
    return sgd({ learningRate, momentum: momentum ?? 0, weightDecay: weightDecay ?? 0 });
  }
  const stray = momentum !== undefined ? "momentum" : "weightDecay";
  if (momentum !== undefined || weightDecay !== undefined) {
    throw new RangeError(`Cannot train by ${optimiser} with ${stray}; it is a constant of sgd`);
  }
  return optimiser === "adam" ? adam({ learningRate }) : adagrad({ learningRate });
}

/** Examples per step: the number itself, or the share of the training set, rounded. */
export function batchSizeOf(batch: number | string, count: number): number {
  if (typeof batch === "number") return batch;
  return Math.max(1, Math.round((parseFloat(batch) / 100) * count));
}

/** What a run does with its batches. */
export type BatchParameters = Pick<
  z.infer<z.ZodObject<typeof TRAINING_FIELDS>>,
  "batch" | "batchGrowth" | "augmentation" | "conservative"
>;

/** Sizes of batches, how images are moved, and how often a batch is gone through. */
export function batchesOf(parameters: BatchParameters, count: number): {
  batchSize: number;
  batchGrowth?: BatchGrowth;
  augmentation?: Augmentation;
  conservative?: Conservative;
} {
  const { batch, batchGrowth, augmentation, conservative: held } = parameters;
  const isMoved = augmentation !== "none";
  return {
    batchSize: batchSizeOf(batch, count),
    ...(batchGrowth &&
      { batchGrowth: { ...batchGrowth, most: batchSizeOf(batchGrowth.most, count) } }),
    ...(isMoved &&
      { augmentation: augmentation === "paper" ? PAPER_AUGMENTATION : augmentation }),
    ...(held && { conservative: conservative(held === true ? {} : given(held)) }),
  };
}

/** The constants that were given. */
function given<T extends object>(constants: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(constants).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

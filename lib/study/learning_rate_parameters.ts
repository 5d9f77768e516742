/** The parameters that say how the learning rate follows the batch and the epochs. */
import { z } from "zod";
import { adaptRegime, batchScaling, type LearningRateSchedule } from "../training/learning_rate.ts";
import type { StopRule } from "../training/stop_rule.ts";

/** Fields of a strict schema, to be spread into a stage's own. */
export const LEARNING_RATE_FIELDS = {
  /** α of the optimiser, at batches of `baseBatch` if it is scaled. */
  learningRate: z.number().positive(),
  /** How α follows the batch: not at all, as √(B/B₀), or as B/B₀. */
  learningRateScaling: z.enum(["none", "sqrt", "linear"]).default("none"),
  /** B₀, the batch that learning rate and epochs are meant for. */
  baseBatch: z.int().positive().default(256),
  /** Whether all that is counted in epochs is stretched by B/B₀, so that the steps are as many. */
  regimeAdaptation: z.boolean().default(false),
  /** Epochs after which α drops. */
  dropEpochs: z.array(z.int().positive()).default([]),
  /** Multiples of ‖x₀‖ after whose reaching by ‖x − x₀‖ α drops, judged after each epoch. */
  dropDistances: z.array(z.number().positive()).default([]),
  /** By what α is multiplied when it drops. */
  dropFactor: z.number().gt(0).lt(1).default(0.1),
  /** Epochs at the start in which x stays, so that the optimiser's moments settle. */
  heldEpochs: z.int().nonnegative().optional(),
  /** Epochs in which α rises to its full size. */
  warmupEpochs: z.number().nonnegative().default(0),
};

/** What {@link regimeOf} needs of the parameters. */
export interface RegimeParameters
  extends Readonly<z.infer<z.ZodObject<typeof LEARNING_RATE_FIELDS>>> {
  readonly epochs: number;
  readonly patience?: number | undefined;
  readonly minimumDecrease?: number | undefined;
}

/**
 * Learning rate, its schedule and the end of training for batches of this size; of batches that
 * grow, the first counts.
 */
export function regimeOf(parameters: RegimeParameters, batchSize: number): {
  readonly learningRate: number;
  readonly schedule: LearningRateSchedule;
  readonly stop: StopRule;
} {
  const { baseBatch, learningRateScaling, dropDistances, dropFactor } = parameters;
  const { epochs, patience, dropEpochs, warmupEpochs, heldEpochs } = parameters.regimeAdaptation
    ? adaptRegime(parameters, batchSize, baseBatch)
    : parameters;
  return {
    learningRate: parameters.learningRate * batchScaling(learningRateScaling, batchSize, baseBatch),
    schedule: {
      ...(heldEpochs && { heldEpochs }),
      warmupEpochs,
      dropEpochs,
      dropDistances,
      dropFactor,
    },
    stop: stopRuleOf({ epochs, patience, minimumDecrease: parameters.minimumDecrease }),
  };
}

/** Plateau rule if a patience is given, else fixed epochs. */
export function stopRuleOf({ epochs, patience, minimumDecrease = 1e-3 }: {
  epochs: number;
  patience?: number | undefined;
  minimumDecrease?: number | undefined;
}): StopRule {
  if (patience === undefined) return { kind: "epochs", epochs };
  return { kind: "plateau", patience, minimumDecrease, maxEpochs: epochs };
}

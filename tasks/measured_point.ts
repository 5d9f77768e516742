/** The trained point that the stages `sharpness` and `ritz` measure at, and f around it. */
import { z } from "zod";
import { selectEngine } from "../lib/engine/select.ts";
import { indexOfNonFinite } from "../lib/linalg/vector.ts";
import { network, NETWORK_NAMES } from "../lib/networks/zoo.ts";
import { type ClassifierObjective, objectiveOf } from "../lib/objective/objective_of.ts";
import type { StageContext } from "../lib/pipeline/stage.ts";
import { readDataset, readWeights } from "./artifacts.ts";

/** Fields of a strict schema, to be spread into a stage's own. */
export const POINT_FIELDS = {
  network: z.enum(NETWORK_NAMES),
  seed: z.int().nonnegative(),
  /** The trial whose point is measured; what is random is drawn by seed + trial. */
  trial: z.int().nonnegative(),
  /** Examples per chunk when f is evaluated. */
  evaluationBatch: z.int().positive(),
};

/** f on the training set, the point, and what its record says of both. */
export interface MeasuredPoint extends AsyncDisposable {
  readonly objective: ClassifierObjective;
  /** The flat vector of parameters. */
  readonly x: Float64Array;
  /** Whether f is finite at x: a training run that diverged may have ended where it is not. */
  readonly isFinite: boolean;
  readonly labels: {
    readonly network: string;
    readonly dataset: string;
    readonly trial: number;
    readonly batchNorm: string;
    readonly evaluationBatch: number;
  };
}

/** Opens the point of the inputs `train` and `weights`; dispose of it to free the engine. */
export async function openPoint(
  context: StageContext<z.infer<z.ZodObject<typeof POINT_FIELDS>>>,
): Promise<MeasuredPoint> {
  const { network: name, trial, evaluationBatch } = context.parameters;
  const net = network(name);
  const dataset = await readDataset(context.input("train").path);
  const x = await readWeights(net, context.input("weights").path);
  const objective = await objectiveOf(net, dataset, {
    engine: await selectEngine(),
    evaluationBatch,
  });
  return {
    objective,
    x,
    isFinite: indexOfNonFinite(x) < 0 && Number.isFinite((await objective.performance(x)).loss),
    labels: {
      network: net.name,
      dataset: dataset.name,
      trial,
      batchNorm: "batch",
      evaluationBatch,
    },
    [Symbol.asyncDispose]: () => Promise.resolve(objective[Symbol.asyncDispose]()),
  };
}

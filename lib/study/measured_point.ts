/** The trained point that the stages `sharpness` and `ritz` measure at, and f around it. */
import { z } from "zod";
import { indexOfNonFinite } from "../linalg/vector.ts";
import type { Network } from "../networks/network.ts";
import type { NormMoments } from "../objective/norm_moments.ts";
import { type ClassifierObjective, objectiveOf } from "../objective/objective_of.ts";
import type { StageContext } from "../pipeline/stage.ts";
import { readDataset, readMoments, readWeights } from "./artifacts.ts";
import { networkOf, OBJECTIVE_FIELDS, type ObjectiveParameters } from "./objective_parameters.ts";
import { stageEngine } from "./stage_engine.ts";

/** Fields of a strict schema, to be spread into a stage's own. */
export const POINT_FIELDS = {
  ...OBJECTIVE_FIELDS,
  seed: z.int().nonnegative(),
  /** The trial whose point is measured; what is random is drawn by seed + trial. */
  trial: z.int().nonnegative(),
};

/** f on the training set, the point, and what its record says of both. */
export interface MeasuredPoint extends AsyncDisposable {
  readonly objective: ClassifierObjective;
  /** The flat vector of parameters. */
  readonly x: Float64Array;
  /** Whether f is finite at x: a training run that diverged may have ended where it is not. */
  isFinite(): Promise<boolean>;
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
  const { trial, evaluationBatch, batchNorm } = context.parameters;
  const net = networkOf(context.parameters);
  const dataset = await readDataset(context.input("train").path);
  const x = await readWeights(net, context.input("weights").path);
  const objective = await objectiveOf(net, dataset, {
    engine: await stageEngine(context),
    evaluationBatch,
    ...await fixedMoments(context, net),
  });
  return {
    objective,
    x,
    isFinite: async () =>
      indexOfNonFinite(x) < 0 && Number.isFinite((await objective.performance(x)).loss),
    labels: {
      network: net.name,
      dataset: dataset.name,
      trial,
      batchNorm,
      evaluationBatch,
    },
    [Symbol.asyncDispose]: () => Promise.resolve(objective[Symbol.asyncDispose]()),
  };
}

/** The moments that the point was trained with; they stay as they are around it. */
async function fixedMoments(
  { parameters, input }: StageContext<ObjectiveParameters>,
  network: Network,
): Promise<{ moments?: NormMoments }> {
  const { path, status } = input("weights");
  // Where training diverged there are no moments, and nothing is measured.
  if (parameters.batchNorm === "batch" || status === "diverged") return {};
  return { moments: await readMoments(network, path) };
}

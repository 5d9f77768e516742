import { add } from "../graph/ops/add.ts";
import { leafName, placeholder } from "../graph/ops/leaf.ts";
import type { Moments } from "../graph/ops/moments.ts";
import { scale } from "../graph/ops/mul.ts";
import type { Program, Update } from "../graph/program.ts";
import type { Value } from "../graph/value.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Network } from "../networks/network.ts";
import { type Batch, batchOf, chunkOf, lossProgram } from "../objective/classifier_program.ts";
import { collectMoments, momentsProgram } from "../objective/norm_moments.ts";
import { anchorFunction, type Conservative, heldBack } from "./conservative.ts";
import type { Criterion, StepLoss } from "./criterion.ts";
import type { Optimiser } from "./optimiser.ts";

/**
 * By which moments batch normalisation standardises when f and accuracies are evaluated; steps of
 * training always use their batch's.
 *
 * - `batch`: the chunk's own, as in the paper's code (Keras 1, mode 2);
 * - `running`: averages over the steps of training, m ← 0.99 m + 0.01 μ, from 0 and 1;
 * - `recomputed`: those of the whole training set at the iterate.
 */
export type BatchNormMode = "batch" | "running" | "recomputed";

/** Weight of the past in running moments; Keras 1's default. */
const RUNNING_MOMENTUM = 0.99;

/** Key of what a step draws at random: dropout masks, and noise if its criterion wants some. */
const STEP_KEY = placeholder("stepKey", [2], "int32");

/** What a step of training is made of. */
export interface TrainingGraph {
  readonly network: Network;
  readonly variables: readonly Value[];
  readonly criterion: Criterion;
  readonly conservative?: Conservative | undefined;
  readonly optimiser: Optimiser;
  readonly batchNorm: BatchNormMode;
  /** The session's moments, for the modes that have such. */
  readonly moments: ReadonlyMap<string, Moments>;
}

/** A step for each size of batch, and the loss for each size of chunk, on the same variables. */
export function trainingProgram(
  graph: TrainingGraph,
  sizes: { readonly evaluated: ReadonlySet<number>; readonly stepped: ReadonlySet<number> },
): Program {
  const parts = [...sizes.evaluated.union(sizes.stepped)].flatMap((size) => {
    const batch = batchOf(graph.network, size);
    return [
      sizes.evaluated.has(size) ? evaluationProgram(graph, batch, size) : {},
      sizes.stepped.has(size) ? stepProgram(graph, batch, size) : {},
    ];
  });
  const { conservative, optimiser, variables } = graph;
  return Object.assign(
    conservative ? { anchor: anchorFunction(conservative, optimiser, variables) } : {},
    ...parts,
  );
}

/** Functions `losses SIZE` and, for recomputed moments, `moments SIZE`. */
function evaluationProgram(
  { network, variables, batchNorm, moments }: TrainingGraph,
  batch: Batch,
  size: number,
): Program {
  if (batchNorm === "batch") return lossProgram(chunkOf(network, variables, batch), size);
  const losses = lossProgram(chunkOf(network, variables, batch, { moments }), size);
  if (batchNorm === "running") return losses;
  const { collected, onBatchNorm } = collectMoments();
  chunkOf(network, variables, batch, { onBatchNorm });
  return { ...losses, ...momentsProgram(collected, size) };
}

/** Function `step SIZE`: an update of all parameters, and of the running moments if there are. */
function stepProgram(
  { network, variables, criterion, conservative, optimiser, batchNorm, moments }: TrainingGraph,
  batch: Batch,
  size: number,
): Program {
  const { collected, onBatchNorm } = collectMoments();
  const pass = { training: { maskKey: STEP_KEY } };
  const running = batchNorm === "running";
  const loss: StepLoss = {
    variables,
    examples: batch.examples,
    key: STEP_KEY,
    plain: chunkOf(network, variables, batch, running ? { ...pass, onBatchNorm } : pass),
    displaced: (to) =>
      chunkOf(
        network,
        to.variables ?? variables,
        { ...batch, examples: to.examples ?? batch.examples },
        pass,
      ),
  };
  const gradient = criterion.gradient(loss);
  const descended = conservative ? heldBack(conservative, variables, gradient) : gradient;
  const updates = [
    ...optimiser.updates(variables, descended),
    ...(running ? runningAverages(moments, collected) : []),
  ];
  return { [`step ${size}`]: { outputs: { losses: loss.plain.losses }, updates } };
}

function runningAverages(
  moments: ReadonlyMap<string, Moments>,
  ofBatch: ReadonlyMap<string, Moments>,
): Update[] {
  return [...moments].flatMap(([layer, held]) =>
    (["mean", "variance"] as const).map((kind): Update => ({
      kind: "assign",
      variable: held[kind],
      value: add(
        scale(held[kind], RUNNING_MOMENTUM),
        scale(ofBatch.get(layer)![kind], 1 - RUNNING_MOMENTUM),
      ),
    }))
  );
}

/** The variables of all moments. */
export function momentsOf(moments: ReadonlyMap<string, Moments>): Value[] {
  return [...moments.values()].flatMap(({ mean, variance }) => [mean, variance]);
}

/** Running moments before the first step, by variable: mean 0, variance 1. */
export function initialMoments(
  moments: ReadonlyMap<string, Moments>,
): Record<string, Float32Array> {
  return Object.fromEntries([...moments.values()].flatMap(({ mean, variance }) => [
    [leafName(mean), new Float32Array(sizeOf(mean.shape))],
    [leafName(variance), new Float32Array(sizeOf(variance.shape)).fill(1)],
  ]));
}

/** The random numbers of step t: other ones for another seed or step. */
export function stepKeyFeeds(seed: number, t: number): Record<string, Int32Array> {
  return { [leafName(STEP_KEY)]: Int32Array.of(seed, t) };
}

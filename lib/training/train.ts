import type { Augmentation } from "../data/augmentation.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import { joinParameters, splitParameters } from "../networks/flat.ts";
import { lossOf, namesOf, type Network } from "../networks/network.ts";
import { checkFit } from "../objective/check_fit.ts";
import { chunkSizes, chunksOf } from "../objective/chunks.ts";
import {
  momentValues,
  momentVariables,
  type NormMoments,
  pooledMoments,
  readMoments,
} from "../objective/norm_moments.ts";
import { performanceOf } from "../objective/performance.ts";
import { adam } from "./adam.ts";
import { type BatchGrowth, batchSizeAt, batchSizes, checkBatchGrowth } from "./batch_growth.ts";
import { type Conservative, initialAnchors } from "./conservative.ts";
import { plain } from "./criteria/plain.ts";
import { checkFeatures, type Criterion } from "./criterion.ts";
import { type DiffusionPoint, isDue } from "./diffusion.ts";
import { imageShape, runEpoch } from "./epoch.ts";
import type { EpochRecord } from "./history.ts";
import { checkSchedule, type LearningRateSchedule, rateFactor } from "./learning_rate.ts";
import { initialSlots, type Optimiser, slotsOf } from "./optimiser.ts";
import {
  checkStopRule,
  mostEpochs,
  stopAfter,
  type StopRule,
  type TrainingStop,
} from "./stop_rule.ts";
import {
  type BatchNormMode,
  initialMoments,
  momentsOf,
  trainingProgram,
} from "./training_program.ts";
import {
  type ChosenIterate,
  packState,
  type TrainingCheckpoint,
  unpackState,
} from "./training_state.ts";

/** How {@link train} trains. */
export interface TrainingOptions {
  /** Who computes. */
  readonly engine: Engine;
  /** |B_k|, examples per step; an epoch's last batch may be smaller. */
  readonly batchSize: number;
  /** How batches grow from `batchSize` on; default not at all. */
  readonly batchGrowth?: BatchGrowth | undefined;
  /** When training ends. */
  readonly stop: StopRule;
  /** Names the order of the examples, dropout masks and noise: another seed, others at every epoch. */
  readonly seed: number;
  /** What a step descends, default the mean loss of its batch; f is evaluated without it. */
  readonly criterion?: Criterion;
  /** Flips, rotates and shifts the images that steps are taken on; f is evaluated without it. */
  readonly augmentation?: Augmentation | undefined;
  /** Several steps on each batch, held back at its first point; see `conservative`. */
  readonly conservative?: Conservative | undefined;
  /** Default ADAM with the paper's constants. */
  readonly optimiser?: Optimiser;
  /** How α changes from the optimiser's own; default not at all. */
  readonly schedule?: LearningRateSchedule | undefined;
  /** How batch normalisation is evaluated, default `batch`. */
  readonly batchNorm?: BatchNormMode;
  /** Examples per chunk when f is evaluated, default 5000; see `objectiveOf`. */
  readonly evaluationBatch?: number;
  /**
   * Which iterate to return: the `last`, or that of the `least` training loss after at least one
   * epoch (default). ADAM at small batches leaves a minimum again in bursts, and Metric 2.1 is
   * defined at a minimiser.
   */
  readonly iterate?: "least" | "last";
  /**
   * Called with each epoch's record and iterate (owned by the callee), the start included; not with
   * those that lie before a checkpoint.
   */
  readonly onEpoch?: (record: EpochRecord, x: Float64Array) => void | Promise<void>;
  /** Called after each batch with the epoch and the examples of it that were seen. */
  readonly onBatch?: (epoch: number, seen: number) => void;
  /**
   * Where to keep the state between steps. With it, training goes on from the last state saved, bit
   * by bit as if it had never ended; all other arguments must be the same.
   */
  readonly checkpoint?: TrainingCheckpoint;
}

/** What {@link train} returns. */
export interface TrainingResult {
  /** The chosen iterate, length n. */
  readonly x: Float64Array;
  /** Its record in the history. */
  readonly record: EpochRecord;
  /** From the start (epoch 0) to the last epoch. */
  readonly history: readonly EpochRecord[];
  /** Distances from the start at steps 1, 2, 4, 8, …. */
  readonly diffusion: readonly DiffusionPoint[];
  /** Why training ended. */
  readonly stopReason: TrainingStop;
  /** The moments that x was evaluated with, unless they were each chunk's own. */
  readonly moments?: NormMoments;
}

/**
 * Minimises the training objective from `start` by an optimiser's steps on mini-batches.
 *
 * A step is one call of the engine, with weights and the optimiser's slots resident in its session.
 * The slots start at zero, so a warm start is a plain call from a trained point. Units drop out
 * in steps only, not where f is evaluated. NaN is a result: training stops and says `diverged`.
 *
 * Source: Keskar et al. 2017, §1 and appendix B; x_{k+1} = x_k − α_k P_k ∇f_{B_k}(x_k).
 *
 * @param data Training and test set; the latter only to be measured on.
 * @param start x₀, left unchanged.
 * @throws {TypeError | RangeError} If data or options do not fit the network, or the criterion.
 */
export async function train(
  network: Network,
  data: { readonly train: Dataset; readonly test: Dataset },
  start: Float64Array,
  options: TrainingOptions,
): Promise<TrainingResult> {
  const { engine, batchSize, stop, seed, evaluationBatch = 5000 } = options;
  const { criterion = plain(), optimiser = adam(), batchNorm = "batch" } = options;
  checkFit(network, data.train, evaluationBatch);
  checkFit(network, data.test, evaluationBatch);
  if (lossOf(network).targets !== "labels" || data.train.weights || data.test.weights) {
    throw new TypeError(
      `Cannot train ${network.name} on ${data.train.name}: training is by cross-entropy, on labels ` +
        "that all count alike; give such data",
    );
  }
  checkFeatures(criterion, data.train);
  checkStopRule(stop);
  if (!(Number.isInteger(batchSize) && batchSize > 0 && batchSize <= data.train.count)) {
    throw new RangeError(
      `Cannot train ${network.name} with batches of ${batchSize}; ` +
        `want an integer from 1 to ${data.train.count}, the size of the training set`,
    );
  }
  const { batchGrowth, augmentation, conservative, schedule = {} } = options;
  if (batchGrowth) checkBatchGrowth(batchGrowth, batchSize, data.train.count);
  if (augmentation) imageShape(data.train);
  checkSchedule(schedule);
  const variables = network.variables();
  const trainChunks = chunksOf(network, data.train, evaluationBatch);
  const testChunks = chunksOf(network, data.test, evaluationBatch);
  const evaluated = new Set([...trainChunks, ...testChunks].map(({ size }) => size));
  const stepped = new Set(
    [...batchSizes(batchSize, mostEpochs(stop), batchGrowth)]
      .flatMap((size) => chunkSizes(data.train.count, size)),
  );
  const moments = batchNorm === "batch" ? new Map() : momentVariables(network);
  const graph = { network, variables, criterion, conservative, optimiser, batchNorm, moments };
  await using session = await engine.load(trainingProgram(graph, { evaluated, stepped }));
  await session.assign({
    ...splitParameters(network, start),
    ...initialSlots(optimiser, variables),
    ...initialMoments(moments),
    ...(conservative && initialAnchors(variables)),
  });

  const { checkpoint } = options;
  const saved = checkpoint?.load();
  const from = saved && unpackState(saved);
  if (from) await session.assign(from.variables);
  const held = [...variables, ...slotsOf(optimiser, variables), ...momentsOf(moments)];
  const names = namesOf(held);

  const history: EpochRecord[] = [...from?.history ?? []];
  const diffusion: DiffusionPoint[] = [...from?.diffusion ?? []];
  const startNorm = distance(start, new Float64Array(start.length));
  const relative = () => history.map(({ distanceFromStart }) => distanceFromStart / startNorm);
  const learningRate = (epochs: number) =>
    optimiser.learningRate * rateFactor(schedule, epochs, relative());
  const recipe = { seed, optimiser, augmentation, conservative, learningRate };
  let chosen: ChosenIterate | undefined = from?.chosen;
  let steps = from?.steps ?? 0;
  for (let epoch = from?.epoch ?? 0;; epoch++) {
    if (epoch > 0) {
      const seen = epoch === from?.epoch ? from.seen : 0;
      const size = batchSizeAt(batchSize, epoch, batchGrowth);
      const begin = { epoch, batchSize: size, seen, steps };
      steps = await runEpoch(session, data.train, recipe, begin, async (seen, steps) => {
        options.onBatch?.(epoch, seen);
        if (isDue(steps, diffusion)) {
          const x = joinParameters(network, await session.read(namesOf(variables)));
          diffusion.push({ step: steps, distance: distance(x, start) });
        }
        if (!checkpoint?.isDue()) return;
        const state = { epoch, seen, steps, history, diffusion, chosen: chosen! };
        await checkpoint.save(packState({ ...state, variables: await session.read(names) }));
      });
    }
    const x = joinParameters(network, await session.read(namesOf(variables)));
    if (batchNorm === "recomputed") {
      await session.assign(momentValues(await pooledMoments(session, network, trainChunks)));
    }
    const onTrain = await performanceOf(network, session, trainChunks);
    const onTest = await performanceOf(network, session, testChunks);
    const record = {
      epoch,
      steps,
      trainLoss: onTrain.loss,
      trainAccuracy: onTrain.accuracy,
      testLoss: onTest.loss,
      testAccuracy: onTest.accuracy,
      distanceFromStart: distance(x, start),
    };
    history.push(record);
    // The start is no result of training, however good a warm start's may be; held, x is still there.
    const better = chosen === undefined || chosen.record.epoch <= (schedule.heldEpochs ?? 0) ||
      record.trainLoss < chosen.record.trainLoss;
    if (better || options.iterate === "last") {
      const measured = batchNorm === "batch"
        ? {}
        : { moments: await readMoments(session, moments) };
      chosen = { x, record, ...measured };
    }
    await options.onEpoch?.(record, x.slice());
    const stopReason = stopAfter(stop, history.map(({ trainLoss }) => trainLoss));
    if (stopReason) return { ...chosen!, history, diffusion, stopReason };
  }
}

/** ‖x − y‖₂. */
function distance(x: Float64Array, y: Float64Array): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += (x[i]! - y[i]!) ** 2;
  return Math.sqrt(total);
}

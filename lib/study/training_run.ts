/** Trains from a point and writes what the stages `train` and `warm_start` have in common. */
import type { Network } from "../networks/network.ts";
import type { StageContext } from "../pipeline/stage.ts";
import type { DiffusionRecord, Measured, TrainRecord } from "../report/results.ts";
import type { EpochRecord } from "../training/history.ts";
import { type DiffusionPoint, logarithmicFit, powerFit } from "../training/diffusion.ts";
import { batchSizes } from "../training/batch_growth.ts";
import { checkGhosts } from "../training/ghost_batches.ts";
import { stepsBeforeDrop } from "../training/learning_rate.ts";
import { mostEpochs, type StopRule } from "../training/stop_rule.ts";
import { halved } from "../training/training_state.ts";
import { train, type TrainingResult } from "../training/train.ts";
import { readDataset, writeJson, writeWeights } from "./artifacts.ts";
import { criterionOf, type CriterionParameter } from "./criterion_parameters.ts";
import { regimeOf, type RegimeParameters } from "./learning_rate_parameters.ts";
import { paceOf } from "./pace.ts";
import type { ObjectiveParameters } from "./objective_parameters.ts";
import { remedyNames } from "./remedy_names.ts";
import {
  batchesOf,
  type BatchParameters,
  optimiserOf,
  type OptimiserParameters,
} from "./training_parameters.ts";
import { stageEngine } from "./stage_engine.ts";

/** What {@link runTraining} needs of the stage's parameters. */
export interface TrainingRun
  extends ObjectiveParameters, OptimiserParameters, BatchParameters, RegimeParameters {
  readonly seed: number;
  readonly trial: number;
  readonly iterate: "least" | "last";
  readonly criterion: CriterionParameter;
}

/** What {@link runTraining} gives. */
export interface TrainingOutcome {
  readonly result: TrainingResult;
  readonly metrics: Measured<TrainRecord>;
  /** Epoch → the iterate after it, of those that were to be kept. */
  readonly iterates: ReadonlyMap<number, ArrayLike<number>>;
}

/**
 * Trains, reports progress, and writes the outputs `weights` and `history`.
 *
 * @param keptEpochs Epochs whose iterates to return; the checkpoint holds them too, for what a stage
 *   has written is lost with its attempt.
 */
export async function runTraining(
  context: StageContext<TrainingRun>,
  network: Network,
  start: Float64Array,
  keptEpochs: readonly number[] = [],
): Promise<TrainingOutcome> {
  const { parameters, checkpoint } = context;
  const iterates = new Map<number, Float64Array | Float32Array>();
  const data = {
    train: await readDataset(context.input("train").path),
    test: await readDataset(context.input("test").path),
  };
  const batches = batchesOf(parameters, data.train.count);
  const { learningRate, schedule, stop } = regimeOf(parameters, batches.batchSize);
  if (typeof parameters.normalisation === "object") {
    const sizes = batchSizes(batches.batchSize, mostEpochs(stop), batches.batchGrowth);
    checkGhosts(parameters.normalisation.ghost, [...sizes], data.train.count);
  }
  const optimiser = optimiserOf({ ...parameters, learningRate });
  const criterion = criterionOf(parameters.criterion);
  const pace = paceOf(() => performance.now());
  let rate: number | undefined;
  const result = await train(network, data, start, {
    engine: await stageEngine(context),
    ...batches,
    stop,
    iterate: parameters.iterate,
    seed: parameters.seed + parameters.trial,
    criterion,
    optimiser,
    schedule,
    batchNorm: parameters.batchNorm,
    evaluationBatch: parameters.evaluationBatch,
    onBatch(epoch, seen) {
      rate = pace.step(seen);
      const done = epoch - 1 + seen / data.train.count;
      context.progress({ done, total: mostEpochs(stop), note: `epoch ${epoch}${rateText(rate)}` });
    },
    onEpoch(record, x) {
      report(context, record, stop, rate);
      if (keptEpochs.includes(record.epoch)) iterates.set(record.epoch, halved(x));
      pace.begin();
    },
    checkpoint: {
      isDue: checkpoint.isDue,
      load() {
        const saved = checkpoint.load();
        for (const epoch of keptEpochs) {
          const x = saved?.[`iterate/${epoch}`] as Float64Array | Float32Array | undefined;
          if (x) iterates.set(epoch, x);
        }
        return saved;
      },
      save: (arrays) =>
        checkpoint.save({
          ...arrays,
          ...Object.fromEntries([...iterates].map(([epoch, x]) => [`iterate/${epoch}`, x])),
        }),
    },
  });
  await writeWeights(network, context.output("weights"), result.x, result.moments);
  await writeJson(context.output("history"), result.history);
  const { record, history } = result;
  const last = history.at(-1)!;
  const startNorm = Math.hypot(...norms(start));
  if (result.stopReason === "diverged") context.diverged(`loss ${last.trainLoss}`);
  return {
    result,
    iterates,
    metrics: {
      network: network.name,
      dataset: data.train.name,
      parameterCount: network.dimension,
      trainCount: data.train.count,
      testCount: data.test.count,
      ...batches,
      optimiser: optimiser.name,
      learningRate,
      schedule,
      remedies: remedyNames({ ...batches, criterion }),
      epochs: last.epoch,
      steps: last.steps,
      stopReason: result.stopReason,
      iterate: parameters.iterate,
      iterateEpoch: record.epoch,
      batchNorm: parameters.batchNorm,
      normalisation: parameters.normalisation,
      evaluationBatch: parameters.evaluationBatch,
      trainLoss: record.trainLoss,
      trainAccuracyPercent: 100 * record.trainAccuracy,
      testLoss: record.testLoss,
      testAccuracyPercent: 100 * record.testAccuracy,
      distanceFromStart: record.distanceFromStart,
      startNorm,
      diffusion: diffusionOf(result.diffusion, stepsBeforeDrop(schedule, history, startNorm)),
    },
  };
}

/** The distances, and the laws of those that were reached at the full learning rate. */
function diffusionOf(points: readonly DiffusionPoint[], steps: number): DiffusionRecord {
  const free = points.filter(({ step }) => step <= steps);
  return { points, logarithmic: logarithmicFit(free), power: powerFit(free) };
}

function report(
  context: StageContext<TrainingRun>,
  record: EpochRecord,
  stop: StopRule,
  rate: number | undefined,
): void {
  const loss = record.trainLoss.toExponential(2);
  const accuracy = (100 * record.testAccuracy).toFixed(2);
  const note = `epoch ${record.epoch}, loss ${loss}, test ${accuracy} %`;
  context.progress({ done: record.epoch, total: mostEpochs(stop), note });
  context.log(`${note}, distance ${record.distanceFromStart.toFixed(3)}${rateText(rate)}`);
}

/** `, 1520 examples/s`: in the log only, for a result's bytes are the same on any machine. */
function rateText(rate: number | undefined): string {
  return rate === undefined ? "" : `, ${Math.round(rate)} examples/s`;
}

/** Norms of blocks, so that `Math.hypot` is not called with a million arguments. */
function norms(x: Float64Array): number[] {
  const block = 4096;
  return Array.from(
    { length: Math.ceil(x.length / block) },
    (_, k) => Math.hypot(...x.subarray(k * block, (k + 1) * block)),
  );
}

/** Trains from a point and writes what the stages `train` and `warm_start` have in common. */
import { selectEngine } from "../lib/engine/select.ts";
import type { Network } from "../lib/networks/network.ts";
import type { StageContext } from "../lib/pipeline/stage.ts";
import type { Measured, TrainRecord } from "../lib/report/results.ts";
import type { EpochRecord } from "../lib/training/history.ts";
import { mostEpochs, type StopRule } from "../lib/training/stop_rule.ts";
import { halved } from "../lib/training/training_state.ts";
import { train, type TrainingResult } from "../lib/training/train.ts";
import { readDataset, writeJson, writeWeights } from "./artifacts.ts";
import { criterionOf, type CriterionParameter } from "./criterion_parameters.ts";
import { paceOf } from "./pace.ts";
import type { ObjectiveParameters } from "./objective_parameters.ts";
import { remedyNames } from "./remedy_names.ts";
import {
  batchesOf,
  type BatchParameters,
  optimiserOf,
  type OptimiserParameters,
  stopRuleOf,
} from "./training_parameters.ts";

/** What {@link runTraining} needs of the stage's parameters. */
export interface TrainingRun extends ObjectiveParameters, OptimiserParameters, BatchParameters {
  readonly seed: number;
  readonly trial: number;
  readonly epochs: number;
  readonly patience?: number | undefined;
  readonly minimumDecrease?: number | undefined;
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
  const stop = stopRuleOf(parameters);
  const criterion = criterionOf(parameters.criterion);
  const pace = paceOf(() => performance.now());
  let rate: number | undefined;
  const result = await train(network, data, start, {
    engine: await selectEngine(),
    ...batches,
    stop,
    iterate: parameters.iterate,
    seed: parameters.seed + parameters.trial,
    criterion,
    optimiser: optimiserOf(parameters),
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
      optimiser: optimiserOf(parameters).name,
      learningRate: parameters.learningRate,
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
      startNorm: Math.hypot(...norms(start)),
    },
  };
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

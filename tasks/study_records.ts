/** All results of a study, read and joined: what the tables and the report are made of. */
import type { z } from "zod";
import type { InputArtifact, StageContext } from "../lib/pipeline/stage.ts";
import type {
  BatchSizeRecord,
  CurveRecords,
  HistoryRecord,
  RitzRecord,
  RunLabels,
  SharpnessRecord,
  StudyRecords,
  TrainRecord,
  WarmStartRecord,
} from "../lib/report/results.ts";
import {
  historyFile,
  pathFile,
  readJson,
  readPlainRecord,
  readRecord,
  ritzFile,
  sharpnessFile,
  sourceOf,
  trainFile,
  trajectoryFile,
  warmStartFile,
} from "./table_records.ts";

/** Reads what the inputs `train`, `sharpness`, `ritz`, `warm` and `warmSharpness` are bound to. */
export async function readStudy(context: StageContext<unknown>): Promise<StudyRecords> {
  const train: TrainRecord[] = await read(context, "train", trainFile);
  const sharpness: SharpnessRecord[] = await read(context, "sharpness", sharpnessFile);
  const ritz: RitzRecord[] = await read(context, "ritz", ritzFile);
  return {
    train,
    sharpness: withDivergence(sharpness, train),
    ritz: withDivergence(ritz, train),
    warm: await readWarmStarts(context),
  };
}

/**
 * Reads what only figures show: the inputs `history`, `path`, `trajectory`, `batchSize` and
 * `batchSizeSharpness`, of which a study may leave out any.
 *
 * @param train The runs that the histories are of.
 */
export async function readCurves(
  context: StageContext<unknown>,
  train: readonly TrainRecord[],
): Promise<CurveRecords> {
  return {
    histories: await readHistories(context, train),
    paths: await readAll(
      context,
      "path",
      (artifact) => readPlainRecord("path", artifact, pathFile),
    ),
    trajectories: await readAll(
      context,
      "trajectory",
      (artifact) => readRecord("trajectory", artifact, trajectoryFile),
    ),
    batchSizes: await readBatchSizes(context),
  };
}

async function readHistories(
  context: StageContext<unknown>,
  train: readonly TrainRecord[],
): Promise<HistoryRecord[]> {
  const histories = await readAll(context, "history", async (artifact) => {
    const source = sourceOf("history", artifact.cell);
    const run = train.find((record) => record.source === sourceOf("train", artifact.cell));
    if (!run) return [];
    const { network, regime, trial, diverged } = run;
    const points = await readJson(artifact, historyFile);
    return [{ network, regime, trial, diverged, source, points }];
  });
  return histories.flat();
}

/** Runs of any batch size, each with the sharpness that was measured in a cell of its labels. */
async function readBatchSizes(context: StageContext<unknown>): Promise<BatchSizeRecord[]> {
  const measured = await readAll(
    context,
    "batchSizeSharpness",
    (artifact) => readPlainRecord("batchSizeSharpness", artifact, sharpnessFile),
  );
  const runs = await readAll(context, "batchSize", async (artifact) => ({
    run: await readPlainRecord("batchSize", artifact, trainFile),
    sharpness: measured.find(({ source }) =>
      source === sourceOf("batchSizeSharpness", artifact.cell)
    ),
  }));
  return runs.map(({ run, sharpness }) => {
    const { network, trial, diverged, source, batchSize, testAccuracyPercent } = run;
    const labels = { network, trial, diverged, source, batchSize, testAccuracyPercent };
    if (!sharpness) return labels;
    const { percent, epsilon, source: measuredAt } = sharpness;
    return { ...labels, sharpness: { percent, epsilon, source: measuredAt } };
  });
}

/** Reads all artifacts of an input, which a study may also leave out. */
async function readAll<T>(
  context: StageContext<unknown>,
  input: string,
  read: (artifact: InputArtifact) => Promise<T>,
): Promise<T[]> {
  return context.hasInput(input) ? await Promise.all(context.inputs(input).map(read)) : [];
}

/** Records of SB and LB. */
async function read<T>(context: StageContext<unknown>, input: string, file: z.ZodType<T>) {
  return await readAll(context, input, (artifact) => readRecord(input, artifact, file));
}

/** What was measured where training diverged counts in no mean either. */
function withDivergence<T extends RunLabels>(
  records: readonly T[],
  train: readonly TrainRecord[],
): T[] {
  const lost = new Set(train.filter(({ diverged }) => diverged).map(nameOf));
  return records.map((record) => ({
    ...record,
    diverged: record.diverged || lost.has(nameOf(record)),
  }));
}

function nameOf({ network, regime, trial }: RunLabels): string {
  return `${network} ${regime} ${trial}`;
}

async function readWarmStarts(context: StageContext<unknown>): Promise<WarmStartRecord[]> {
  const sharpness = await read(context, "warmSharpness", sharpnessFile);
  const runs = await read(context, "warm", warmStartFile);
  return runs.map((run) => {
    const { network, trial, diverged, source, warmEpochs, epochs, start } = run;
    const measured = sharpness.find((record) =>
      record.network === network && record.trial === trial && record.warmEpochs === warmEpochs
    );
    return {
      network,
      trial,
      diverged,
      source,
      warmEpochs,
      epochs,
      testBeforePercent: start.testAccuracyPercent,
      testAfterPercent: run.testAccuracyPercent,
      ...(measured && {
        sharpness: {
          percent: measured.percent,
          epsilon: measured.epsilon,
          source: measured.source,
        },
      }),
    };
  });
}

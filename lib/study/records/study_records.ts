/** All results of a study, read and joined: what the tables and the report are made of. */
import type { z } from "zod";
import type { StageContext } from "../../pipeline/stage.ts";
import { diffusingRuns } from "../../report/diffusion_table.ts";
import type { MeasuresRecord, SpectrumRecord } from "../../report/minimum_results.ts";
import type {
  CurveRecords,
  HistoryRecord,
  RitzRecord,
  SharpnessRecord,
  StudyRecords,
  TrainRecord,
  WarmStartRecord,
} from "../../report/results.ts";
import type { RunLabels } from "../../report/run_labels.ts";
import { measuresFile, spectrumFile } from "./minimum_records.ts";
import {
  historyFile,
  isOfPair,
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
import { batchSizeRecord, readAll, readRuns } from "./measured_runs.ts";

/**
 * Reads what the inputs `train`, `sharpness`, `ritz`, `spectrum`, `measures`, `warm` and
 * `warmSharpness` are bound to.
 */
export async function readStudy(context: StageContext<unknown>): Promise<StudyRecords> {
  const train: TrainRecord[] = await read(context, "train", trainFile);
  const sharpness: SharpnessRecord[] = await read(context, "sharpness", sharpnessFile);
  const ritz: RitzRecord[] = await read(context, "ritz", ritzFile);
  const spectra: SpectrumRecord[] = await read(context, "spectrum", spectrumFile);
  const measures: MeasuresRecord[] = await read(context, "measures", measuresFile);
  return {
    train,
    sharpness: withDivergence(sharpness, train),
    ritz: withDivergence(ritz, train),
    spectra: withDivergence(spectra, train),
    measures: withDivergence(measures, train),
    warm: await readWarmStarts(context),
  };
}

/**
 * Reads what figures show: the inputs `history`, `path`, `trajectory`, `batchSize`,
 * `batchSizeSharpness` and `scaling`, of which a study may leave out any.
 *
 * @param train The runs that the histories are of.
 */
export async function readCurves(
  context: StageContext<unknown>,
  train: readonly TrainRecord[],
): Promise<Omit<CurveRecords, "surfaces">> {
  return {
    histories: await readHistories(context, train),
    paths: await readAll(
      context,
      "path",
      (artifact) => readPlainRecord("path", artifact, pathFile),
    ),
    trajectories: await read(context, "trajectory", trajectoryFile),
    batchSizes: (await readRuns(context, "batchSize")).map(batchSizeRecord),
    diffusions: diffusingRuns(train, await readRuns(context, "scaling")),
  };
}

/** The histories of SB and LB, whose runs are given. */
export async function readHistories(
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

/** Records of SB and LB; those of other regimes are the matter of `readSideStudies`. */
async function read<T>(context: StageContext<unknown>, input: string, file: z.ZodType<T>) {
  const records = await readAll(
    context,
    input,
    async (artifact) => isOfPair(artifact) ? [await readRecord(input, artifact, file)] : [],
  );
  return records.flat();
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
  const sharpness = (await read(context, "warmSharpness", sharpnessFile))
    .filter(({ space }) => space === "full");
  const largest = Math.max(...sharpness.map(({ epsilon }) => epsilon));
  const runs = await read(context, "warm", warmStartFile);
  return runs.map((run) => {
    const { network, trial, diverged, source, warmEpochs, epochs, start } = run;
    const measured = sharpness.find((record) =>
      record.network === network && record.trial === trial && record.warmEpochs === warmEpochs &&
      record.epsilon === largest
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

/** All results of a study, read and joined: what the tables and the report are made of. */
import type { z } from "zod";
import type { InputArtifact, StageContext } from "../lib/pipeline/stage.ts";
import type {
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
  readJson,
  readRecord,
  ritzFile,
  sharpnessFile,
  sourceOf,
  trainFile,
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

/** Reads the input `history`: the runs in `train` epoch by epoch. */
export async function readHistories(
  context: StageContext<unknown>,
  train: readonly TrainRecord[],
): Promise<HistoryRecord[]> {
  const artifacts = context.hasInput("history") ? context.inputs("history") : [];
  const records = artifacts.map(async (artifact) => {
    const source = sourceOf("history", artifact.cell);
    const run = train.find((record) => record.source === sourceOf("train", artifact.cell));
    if (!run) return [];
    const { network, regime, trial, diverged } = run;
    const points = await readJson(artifact, historyFile);
    return [{ network, regime, trial, diverged, source, points }];
  });
  return (await Promise.all(records)).flat();
}

/** Records of all cells bound to an input, which a study may also leave out. */
async function read<T>(context: StageContext<unknown>, input: string, file: z.ZodType<T>) {
  const artifacts: readonly InputArtifact[] = context.hasInput(input) ? context.inputs(input) : [];
  return await Promise.all(artifacts.map((artifact) => readRecord(input, artifact, file)));
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

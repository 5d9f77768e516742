/** Reads the runs of any regime that a study compares, each with the sharpness where it ended. */
import type { InputArtifact, StageContext } from "../../pipeline/stage.ts";
import type { BatchSizeRecord, MeasuredRun } from "../../report/results.ts";
import { endOf } from "../../report/evidence.ts";
import { readPlainRecord, sharpnessFile, trainFile } from "./table_records.ts";

/** Reads all artifacts of an input, which a study may also leave out. */
export async function readAll<T>(
  context: StageContext<unknown>,
  input: string,
  read: (artifact: InputArtifact) => Promise<T>,
): Promise<T[]> {
  return context.hasInput(input) ? await Promise.all(context.inputs(input).map(read)) : [];
}

/**
 * Reads the runs of one input, and of `<input>Sharpness` what was measured in full space where they
 * ended: in the cells whose labels agree with the run's.
 */
export async function readRuns(
  context: StageContext<unknown>,
  input: string,
): Promise<MeasuredRun[]> {
  const measuring = `${input}Sharpness`;
  const measured = await readAll(context, measuring, async (artifact) => ({
    cell: artifact.cell,
    record: await readPlainRecord(measuring, artifact, sharpnessFile),
  }));
  // One ε for all runs: φ at another is another number.
  const largest = Math.max(
    ...measured.flatMap(({ record: { space, epsilon } }) => space === "full" ? [epsilon] : []),
  );
  return await readAll(context, input, async (artifact) => {
    const run = await readPlainRecord(input, artifact, trainFile);
    const labels = Object.entries(artifact.cell);
    const allSharpness = measured
      .filter(({ cell, record }) =>
        record.space === "full" && labels.every(([axis, label]) => cell[axis] === label)
      )
      .map(({ record }) => {
        const { percent, epsilon, source, warnings } = record;
        return { percent, epsilon, source, ended: endOf(record), warnings };
      })
      .sort((a, b) => b.epsilon - a.epsilon);
    const sharpness = allSharpness.find(({ epsilon }) => epsilon === largest);
    return { ...run, labels: artifact.cell, allSharpness, ...(sharpness && { sharpness }) };
  });
}

/** What figure 4 shows of a run. */
export function batchSizeRecord(run: MeasuredRun): BatchSizeRecord {
  const { network, trial, diverged, source, batchSize, testAccuracyPercent, sharpness } = run;
  const point = { network, trial, diverged, source, batchSize, testAccuracyPercent };
  return sharpness ? { ...point, sharpness } : point;
}

/** Reads what side studies compare; see `lib/report/side_studies.ts` for what becomes of it. */
import { z } from "zod";
import type { StageContext } from "../../pipeline/stage.ts";
import type { ReinitialisedRun } from "../../report/reinitialised_table.ts";
import type { SideStudies } from "../../report/side_studies.ts";
import { readAll, readRuns } from "./measured_runs.ts";
import { number, readJson, sourceOf } from "./table_records.ts";

/** What metrics.json of the stage `reinitialise` has over that of `train`. */
const reinitialisedFile = z.object({
  start: z.object({ trainLoss: number, testAccuracyPercent: number }),
  reinitialised: z.object({
    which: z.enum(["sharpest", "random", "none"]),
    share: number,
    agreement: number.optional(),
    heldEpochs: z.int().optional(),
  }),
});

/** Reads the inputs of side studies, each of which a study may leave out. */
export async function readSideStudies(context: StageContext<unknown>): Promise<SideStudies> {
  return {
    batchSizes: await readRuns(context, "batchSize"),
    remedies: await readRuns(context, "remedy"),
    labelled: await readRuns(context, "labelled"),
    reinitialisedFrom: await readRuns(context, "reinitialisedFrom"),
    reinitialised: await readReinitialised(context),
    fineTunedBeside: await readRuns(context, "fineTunedBeside"),
    fineTuned: await readRuns(context, "fineTuned"),
    scaling: await readRuns(context, "scaling"),
  };
}

async function readReinitialised(context: StageContext<unknown>): Promise<ReinitialisedRun[]> {
  const runs = await readRuns(context, "reinitialised");
  const more = await readAll(context, "reinitialised", async (artifact) => ({
    source: sourceOf("reinitialised", artifact.cell),
    ...await readJson(artifact, reinitialisedFile),
  }));
  return runs.map((run) => {
    const { start, reinitialised } = more.find(({ source }) => source === run.source)!;
    const { which, share, agreement, heldEpochs } = reinitialised;
    return {
      ...run,
      start,
      reinitialised: {
        which,
        share,
        ...(agreement !== undefined && { agreement }),
        ...(heldEpochs !== undefined && { heldEpochs }),
      },
    };
  });
}

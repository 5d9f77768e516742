/** Reads what side studies compare; see `lib/report/side_studies.ts` for what becomes of it. */
import type { StageContext } from "../lib/pipeline/stage.ts";
import type { SideStudies } from "../lib/report/side_studies.ts";
import { readRuns } from "./measured_runs.ts";

/** Reads the inputs of side studies, each of which a study may leave out. */
export async function readSideStudies(context: StageContext<unknown>): Promise<SideStudies> {
  return {
    batchSizes: await readRuns(context, "batchSize"),
    remedies: await readRuns(context, "remedy"),
  };
}

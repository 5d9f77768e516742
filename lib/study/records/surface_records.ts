/** Reads what the stage `surface` wrote, for the report. */
import { z } from "zod";
import { PLANE_KINDS } from "../../landscape/plane_kinds.ts";
import type { StageContext } from "../../pipeline/stage.ts";
import type { SurfaceRecord } from "../../report/surface_results.ts";
import { readAll } from "./measured_runs.ts";
import { isOfPair, number, numbers, readPlainRecord } from "./table_records.ts";

/** metrics.json of the stage `surface`. */
const surfaceFile = z.object({
  plane: z.enum(PLANE_KINDS),
  as: numbers,
  bs: numbers,
  rows: z.array(z.object({
    trainLoss: numbers,
    trainAccuracyPercent: numbers,
    testLoss: numbers,
    testAccuracyPercent: numbers,
  })),
  marks: z.array(z.object({
    name: z.string(),
    line: z.string().optional(),
    isMinimum: z.boolean(),
    a: number,
    b: number,
    distance: number,
    trainLoss: number,
  })),
  facts: z.object({
    shares: numbers.optional(),
    eigenvalues: numbers.optional(),
    residuals: numbers.optional(),
  }),
});

/** Reads the inputs `surface` and `surfaceMinima`, of which a study may leave out any. */
export async function readSurfaces(context: StageContext<unknown>): Promise<SurfaceRecord[]> {
  const read = (input: string) =>
    readAll(context, input, async (artifact): Promise<SurfaceRecord[]> => {
      if (!isOfPair(artifact)) return [];
      const record = await readPlainRecord(input, artifact, surfaceFile);
      const { regime } = artifact.cell;
      return [{ ...record, ...((regime === "SB" || regime === "LB") && { regime }) }];
    });
  return [...await read("surface"), ...await read("surfaceMinima")].flat();
}

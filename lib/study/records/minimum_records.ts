/** Reads the spectra and the measures beside Metric 2.1, each of one minimum. */
import { z } from "zod";
import type { MeasuresRecord, SpectrumRecord } from "../../report/minimum_results.ts";
import { type Fields, number, numbers } from "./table_records.ts";

const PLACE = { dataset: z.string(), batchNorm: z.string(), evaluationBatch: z.int() };

/** metrics.json of the stage `spectrum`. */
export const spectrumFile = z.object({
  ...PLACE,
  dimension: z.int(),
  density: z.object({
    steps: z.int(),
    probes: z.int(),
    seed: z.int(),
    grid: numbers,
    density: numbers,
    nodes: numbers,
    weights: numbers,
    residuals: numbers,
  }),
  trace: z.object({ mean: number, standardError: number, probes: z.int() }),
  directions: z.object({ epsilon: number, share: number, percents: numbers }),
}) satisfies Fields<SpectrumRecord>;

/** metrics.json of the stage `measures`. */
export const measuresFile = z.object({
  ...PLACE,
  measures: z.array(z.object({
    name: z.string(),
    title: z.string(),
    scale: z.string(),
    unit: z.string(),
    sharper: z.enum(["larger", "smaller"]),
    amount: number,
    standardError: number.optional(),
    how: z.string(),
  })),
}) satisfies Fields<MeasuresRecord>;

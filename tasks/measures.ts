/** Stage `measures`: the measures of sharpness beside Metric 2.1, at a trained point. */
import { z } from "zod";
import { defineStage } from "../lib/pipeline/stage.ts";
import type { MeasureAmount, MeasuresRecord } from "../lib/report/minimum_results.ts";
import type { Measured } from "../lib/report/results.ts";
import { PROTOCOLS } from "../lib/sharpness/protocol.ts";
import { writeJson } from "../lib/study/artifacts.ts";
import { groupsOf } from "../lib/measures/groups.ts";
import { MEASURES } from "../lib/measures/measures.ts";
import { MEASURE_NAMES } from "../lib/measures/names.ts";
import { openPoint, POINT_FIELDS } from "../lib/study/measured_point.ts";
import { networkOf } from "../lib/study/objective_parameters.ts";

const positive = z.number().positive();
const count = z.int().positive();

export default defineStage({
  summary: "Measure the sharpness of a trained point by other measures than Metric 2.1",
  parameters: z.strictObject({
    ...POINT_FIELDS,
    /** Which, by their names in `basin measure`. */
    measures: z.array(z.enum(MEASURE_NAMES)).min(1),
    /** ε of Metric 2.1, its protocol, and p of its random subspace. */
    eps: positive.default(1e-3),
    protocol: z.enum(PROTOCOLS).default("paper"),
    dimension: count.default(100),
    /** ρ of adaptive sharpness in the box, dimensionless; the ellipsoid has ρ√n. */
    rho: positive.default(1e-3),
    /** ρ of the ball, in units of the parameters. */
    radius: positive.default(0.05),
    /** Iterations of L-BFGS-B in ball, box and ellipsoid, from each of two starts. */
    maxIterations: count.default(20),
    /** σ of expected sharpness, and the pairs of noise at each σ. */
    sigma: positive.default(0.01),
    pairs: count.default(10),
    /** Rise of f in nats that noise and rounding are allowed. */
    rise: positive.default(0.1),
    /** Products for the largest eigenvalue, and for the trace. */
    lanczosSteps: count.default(10),
    probes: count.default(10),
  }),
  async run(context) {
    const { measures: names, trial, ...scales } = context.parameters;
    const options = { ...scales, seed: scales.seed + trial };
    await using point = await openPoint(context);
    if (!point.isFinite) context.diverged("f is not finite at the point");
    const { objective, x } = point;
    const measures: MeasureAmount[] = [];
    for (const name of point.isFinite ? names : []) {
      const { title, unit, sharper, measure } = MEASURES[name];
      const { amount, standardError, scale, how } = await measure({
        objective,
        hessian: objective.hessian(x),
        x,
        groups: groupsOf(networkOf(context.parameters)),
        options,
        note: (text) =>
          context.progress({
            done: measures.length,
            total: names.length,
            note: `${title}: ${text}`,
          }),
      });
      const spread = standardError !== undefined && { standardError };
      measures.push({ name, title, scale, unit: unit ?? "", sharper, amount, ...spread, how });
    }
    const record: Measured<MeasuresRecord> = { ...point.labels, measures };
    await writeJson(context.output("metrics"), record);
  },
});

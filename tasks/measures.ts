/** Stage `measures`: the measures of sharpness beside Metric 2.1, at a trained point. */
import { z } from "zod";
import { defineStage } from "../lib/pipeline/stage.ts";
import type { MeasureAmount, MeasuresRecord } from "../lib/report/minimum_results.ts";
import type { Measured } from "../lib/report/results.ts";
import { writeJson } from "../lib/study/artifacts.ts";
import { groupsOf } from "../lib/measures/groups.ts";
import { MEASURES } from "../lib/measures/measures.ts";
import { MEASURES_FIELDS } from "../lib/study/measures_parameters.ts";
import { openPoint, POINT_FIELDS } from "../lib/study/measured_point.ts";
import { networkOf } from "../lib/study/objective_parameters.ts";

export default defineStage({
  summary: "Measure the sharpness of a trained point by other measures than Metric 2.1",
  parameters: z.strictObject({
    ...POINT_FIELDS,
    ...MEASURES_FIELDS,
  }),
  async run(context) {
    const { measures: names, trial, ...scales } = context.parameters;
    const options = { ...scales, seed: scales.seed + trial };
    await using point = await openPoint(context);
    const isFinite = await point.isFinite();
    if (!isFinite) context.diverged("f is not finite at the point");
    const { objective, x } = point;
    const measures: MeasureAmount[] = [];
    for (const name of isFinite ? names : []) {
      const { title, unit, sharper, measure } = MEASURES[name];
      const { amount, standardError, scale, how } = await measure({
        objective,
        hessian: objective.hessian(x),
        x,
        groups: groupsOf(networkOf(context.parameters)),
        options,
        unit: "nats",
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

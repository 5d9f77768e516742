/** Stage `fine_tune`: trains on from weights that another stage found, as a rule on another task. */
import { z } from "zod";
import { defineStage } from "../lib/pipeline/stage.ts";
import { readWeights, writeJson } from "../lib/study/artifacts.ts";
import { networkOf } from "../lib/study/objective_parameters.ts";
import { startRecord } from "../lib/study/start_record.ts";
import { TRAINING_FIELDS } from "../lib/study/training_parameters.ts";
import { runTraining } from "../lib/study/training_run.ts";

export default defineStage({
  summary: "Train on from the weights of another stage",
  parameters: z.strictObject(TRAINING_FIELDS),
  async run(context) {
    const net = networkOf(context.parameters);
    const start = await readWeights(net, context.input("weights").path);
    const { result, metrics } = await runTraining(context, net, start);
    await writeJson(context.output("metrics"), {
      ...metrics,
      trial: context.parameters.trial,
      start: startRecord(result.history),
    });
  },
});

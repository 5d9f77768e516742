/** Stage `train`: minimises f from a random point, by small or large batches. */
import { z } from "zod";
import { initialPoint } from "../lib/networks/initial_point.ts";
import { defineStage } from "../lib/pipeline/stage.ts";
import { writeJson, writeWeights } from "../lib/study/artifacts.ts";
import { networkOf } from "../lib/study/objective_parameters.ts";
import { runTraining } from "../lib/study/training_run.ts";
import { TRAINING_FIELDS } from "../lib/study/training_parameters.ts";

export default defineStage({
  summary: "Train a network from a random start, with small or large batches",
  parameters: z.strictObject({
    ...TRAINING_FIELDS,
    /** Epochs after which the iterate is kept, for warm starts; 0 is the start. */
    keepIterates: z.array(z.int().nonnegative()).default([]),
  }),
  async run(context) {
    const { seed, trial, keepIterates } = context.parameters;
    const net = networkOf(context.parameters);
    const start = initialPoint(net, seed + trial);
    const { metrics, iterates } = await runTraining(context, net, start, keepIterates);
    const folder = context.output("iterates");
    await Deno.mkdir(folder, { recursive: true });
    for (const [epoch, x] of iterates) {
      await writeWeights(net, `${folder}/epoch-${epoch}.safetensors`, Float64Array.from(x));
    }
    await writeJson(context.output("metrics"), { ...metrics, trial });
  },
});

/** Stage `warm_start`: large-batch training from an iterate of a small-batch run (figure 5). */
import { z } from "zod";
import { defineStage } from "../lib/pipeline/stage.ts";
import { readWeights, writeJson } from "../lib/study/artifacts.ts";
import { networkOf } from "../lib/study/objective_parameters.ts";
import { startRecord } from "../lib/study/start_record.ts";
import { runTraining } from "../lib/study/training_run.ts";
import { TRAINING_FIELDS } from "../lib/study/training_parameters.ts";

export default defineStage({
  summary: "Train with large batches from a small-batch iterate",
  parameters: z.strictObject({
    ...TRAINING_FIELDS,
    /** Epochs of small-batch training before; the iterate must have been kept. */
    warmEpochs: z.int().nonnegative(),
  }),
  async run(context) {
    const { trial, warmEpochs } = context.parameters;
    const net = networkOf(context.parameters);
    const file = `${context.input("iterates").path}/epoch-${warmEpochs}.safetensors`;
    const start = await readWeights(net, file).catch((cause) => {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
      // A run that diverged has no later iterates; training from NaN diverges in its turn.
      if (context.input("iterates").status === "diverged") {
        return new Float64Array(net.dimension).fill(NaN);
      }
      throw new RangeError(
        `Cannot start from epoch ${warmEpochs}: its iterate was not kept; ` +
          "add it to `sb.keepIterates`, and see that SB trains so long",
        { cause },
      );
    });
    const { result, metrics } = await runTraining(context, net, start);
    await writeJson(context.output("metrics"), {
      ...metrics,
      trial,
      warmEpochs,
      start: startRecord(result.history),
    });
  },
});

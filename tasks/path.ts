/** Stage `path`: f and accuracy along a path through the minima of SB and LB (figures 3 and 7). */
import { z } from "zod";
import { PAPER_ALPHAS, pathPoint } from "../lib/landscape/path.ts";
import { objectiveOf } from "../lib/objective/objective_of.ts";
import { defineStage } from "../lib/pipeline/stage.ts";
import type { PathRecord } from "../lib/report/results.ts";
import { readDataset, readWeights, writeJson } from "../lib/study/artifacts.ts";
import { networkOf, OBJECTIVE_FIELDS } from "../lib/study/objective_parameters.ts";
import { savedPoints } from "../lib/study/saved_points.ts";
import { stageEngine } from "../lib/study/stage_engine.ts";

export default defineStage({
  summary: "Evaluate loss and accuracy along a path through the minima of SB and LB",
  parameters: z.strictObject({
    ...OBJECTIVE_FIELDS,
    /** Fixed moments belong to a point; between two of them there are only the chunks' own. */
    batchNorm: z.enum(["batch"]).default("batch"),
    trial: z.int().nonnegative(),
    /** A straight line, or a quarter of an ellipse. */
    kind: z.enum(["linear", "curvilinear"]),
  }),
  async run(context) {
    const { trial, kind, evaluationBatch, batchNorm } = context.parameters;
    const net = networkOf(context.parameters);
    const ends = [context.input("small"), context.input("large")];
    const [small, large] = await Promise.all(ends.map(({ path }) => readWeights(net, path)));
    const [train, test] = await Promise.all(
      ["train", "test"].map((name) => readDataset(context.input(name).path)),
    );
    const engine = await stageEngine(context);
    await using onTrain = await objectiveOf(net, train!, { engine, evaluationBatch });
    await using onTest = await objectiveOf(net, test!, { engine, evaluationBatch });
    const isLost = ends.some(({ status }) => status === "diverged");
    if (isLost) context.diverged("an end of the path is where training diverged");
    const points = await savedPoints(
      context,
      isLost ? [] : PAPER_ALPHAS,
      async (alpha, _checkpoint, done): Promise<PathRecord["points"][number]> => {
        const x = pathPoint(kind, small!, large!, alpha);
        const [inTraining, inTest] = [await onTrain.performance(x), await onTest.performance(x)];
        context.progress({
          done: done + 1,
          total: PAPER_ALPHAS.length,
          note: `α = ${alpha}, loss ${inTraining.loss.toExponential(2)}`,
        });
        return {
          alpha,
          trainLoss: inTraining.loss,
          testLoss: inTest.loss,
          trainAccuracyPercent: 100 * inTraining.accuracy,
          testAccuracyPercent: 100 * inTest.accuracy,
        };
      },
    );
    await writeJson(context.output("metrics"), {
      network: net.name,
      dataset: train!.name,
      trial,
      batchNorm,
      evaluationBatch,
      kind,
      points,
    });
  },
});

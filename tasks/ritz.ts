/** Stage `ritz`: Ritz values of the Hessian on col(A), and its largest eigenvalue by Lanczos. */
import { z } from "zod";
import { lanczos } from "../lib/curvature/lanczos.ts";
import { ritzValues } from "../lib/curvature/ritz_values.ts";
import { selectEngine } from "../lib/engine/select.ts";
import { norm } from "../lib/linalg/vector.ts";
import { network, NETWORK_NAMES } from "../lib/networks/zoo.ts";
import { objectiveOf } from "../lib/objective/objective_of.ts";
import { defineStage } from "../lib/pipeline/stage.ts";
import type { Measured, RitzRecord } from "../lib/report/results.ts";
import { randomSubspace, SUBSPACE_DISTRIBUTIONS } from "../lib/sharpness/subspace.ts";
import { isMeasurable, readDataset, readWeights, writeJson } from "./artifacts.ts";

export default defineStage({
  summary: "Ritz values of the Hessian on a random subspace, and its top eigenvalues",
  parameters: z.strictObject({
    network: z.enum(NETWORK_NAMES),
    seed: z.int().nonnegative(),
    /** The trial whose point is measured; A and Lanczos' start are drawn by seed + trial. */
    trial: z.int().nonnegative(),
    /** p, the number of A's columns. */
    dimension: z.int().positive(),
    distribution: z.enum(SUBSPACE_DISTRIBUTIONS),
    /** Steps of Lanczos, each one product with the Hessian. */
    lanczosSteps: z.int().positive(),
    evaluationBatch: z.int().positive(),
  }),
  async run(context) {
    const { dimension, distribution, lanczosSteps, evaluationBatch } = context.parameters;
    const seed = context.parameters.seed + context.parameters.trial;
    const net = network(context.parameters.network);
    const dataset = await readDataset(context.input("train").path);
    const x = await readWeights(net, context.input("weights").path);
    await using objective = await objectiveOf(net, dataset, {
      engine: await selectEngine(),
      evaluationBatch,
    });
    const place = {
      network: net.name,
      dataset: dataset.name,
      trial: context.parameters.trial,
      basis: { dimension, distribution, seed },
      batchNorm: "batch",
      evaluationBatch,
    };
    if (!(await isMeasurable(objective, x))) {
      context.diverged("f is not finite at the point");
      const record: Measured<RitzRecord> = { ...place, ...NOT_MEASURED };
      return await writeJson(context.output("metrics"), record);
    }
    const { value, gradient } = await objective.evaluate(x);
    const hessian = objective.hessian(x);
    const total = lanczosSteps + dimension;
    const report = (done: number, what: string) =>
      context.progress({ done, total, note: `${what}, product ${done}` });
    const top = await lanczos(hessian, {
      steps: lanczosSteps,
      seed,
      onProduct: (done) => report(done, "Lanczos"),
    });
    const basis = randomSubspace({ ambient: net.dimension, dimension, distribution, seed });
    const ritz = await ritzValues(hessian, basis, {
      onProduct: (done) => report(lanczosSteps + done, "Ritz values"),
    });
    const record: Measured<RitzRecord> = {
      ...place,
      ritz: { values: [...ritz.values], residuals: [...ritz.residuals], products: ritz.products },
      lanczos: {
        values: [...top.values],
        residuals: [...top.residuals],
        steps: top.steps,
        stopReason: top.stopReason,
      },
      lossAtMinimiser: value,
      gradientNorm: norm(gradient),
    };
    await writeJson(context.output("metrics"), record);
  },
});

/** What is written of a point where f is not finite: training ended there in NaN. */
const NOT_MEASURED = {
  ritz: { values: [], residuals: [], products: 0 },
  lanczos: { values: [], residuals: [], steps: 0, stopReason: "not-finite" },
  lossAtMinimiser: NaN,
  gradientNorm: NaN,
};

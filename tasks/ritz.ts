/** Stage `ritz`: Ritz values of the Hessian on col(A), and its largest eigenvalue by Lanczos. */
import { z } from "zod";
import { lanczos } from "../lib/curvature/lanczos.ts";
import { ritzValues } from "../lib/curvature/ritz_values.ts";
import { norm } from "../lib/linalg/vector.ts";
import { defineStage } from "../lib/pipeline/stage.ts";
import type { Measured, RitzRecord } from "../lib/report/results.ts";
import { randomSubspace, SUBSPACE_DISTRIBUTIONS } from "../lib/sharpness/subspace.ts";
import { writeJson } from "./artifacts.ts";
import { openPoint, POINT_FIELDS } from "./measured_point.ts";

export default defineStage({
  summary: "Ritz values of the Hessian on a random subspace, and its top eigenvalues",
  parameters: z.strictObject({
    ...POINT_FIELDS,
    /** p, the number of A's columns. */
    dimension: z.int().positive(),
    distribution: z.enum(SUBSPACE_DISTRIBUTIONS),
    /** Steps of Lanczos, each one product with the Hessian. */
    lanczosSteps: z.int().positive(),
  }),
  async run(context) {
    const { dimension, distribution, lanczosSteps } = context.parameters;
    const seed = context.parameters.seed + context.parameters.trial;
    await using point = await openPoint(context);
    const { objective, x } = point;
    const place = { ...point.labels, basis: { dimension, distribution, seed } };
    if (!point.isFinite) {
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
    const basis = randomSubspace({ ambient: x.length, dimension, distribution, seed });
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

/** Stage `ritz`: Ritz values of the Hessian on col(A), and its largest eigenvalue by Lanczos. */
import { z } from "zod";
import { lanczos, type LanczosResult } from "../lib/curvature/lanczos.ts";
import { ritzValues } from "../lib/curvature/ritz_values.ts";
import { norm } from "../lib/linalg/vector.ts";
import { defineStage } from "../lib/pipeline/stage.ts";
import type { Measured, RitzRecord } from "../lib/report/results.ts";
import { randomSubspace, SUBSPACE_DISTRIBUTIONS } from "../lib/sharpness/subspace.ts";
import { jsonText, writeJson } from "../lib/study/artifacts.ts";
import { openPoint, POINT_FIELDS } from "../lib/study/measured_point.ts";

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
    if (!await point.isFinite()) {
      context.diverged("f is not finite at the point");
      const record: Measured<RitzRecord> = { ...place, ...NOT_MEASURED };
      return await writeJson(context.output("metrics"), record);
    }
    const { value, gradient } = await objective.evaluate(x);
    const hessian = objective.hessian(x);
    const total = lanczosSteps + dimension;
    const report = (done: number, what: string) =>
      context.progress({ done, total, note: `${what}, product ${done}` });
    const { checkpoint } = context;
    const saved = checkpoint.load();
    // Lanczos' own arrays are in a checkpoint until it is done, its result from then on.
    const top: RitzRecord["lanczos"] = saved?.top ? decode(saved.top as Uint8Array) : recordOf(
      await lanczos(hessian, {
        steps: lanczosSteps,
        seed,
        onProduct: (done) => report(done, "Lanczos"),
        checkpoint: { ...checkpoint, load: () => saved },
      }),
    );
    const basis = randomSubspace({ ambient: x.length, dimension, distribution, seed });
    const ritz = await ritzValues(hessian, basis, {
      onProduct: (done) => report(lanczosSteps + done, "Ritz values"),
      checkpoint: {
        isDue: checkpoint.isDue,
        load: () => saved?.top && saved,
        save: (arrays) => checkpoint.save({ ...arrays, top: encode(top) }),
      },
    });
    const record: Measured<RitzRecord> = {
      ...place,
      ritz: { values: [...ritz.values], residuals: [...ritz.residuals], products: ritz.products },
      lanczos: top,
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

function recordOf({ values, residuals, steps, stopReason }: LanczosResult): RitzRecord["lanczos"] {
  return { values: [...values], residuals: [...residuals], steps, stopReason };
}

/** As the JSON in which it will be written, so that both ways lead to the same bytes. */
function encode(top: RitzRecord["lanczos"]): Uint8Array {
  return new TextEncoder().encode(jsonText(top));
}

/** The inverse of {@link encode}. */
function decode(bytes: Uint8Array): RitzRecord["lanczos"] {
  return JSON.parse(new TextDecoder().decode(bytes));
}

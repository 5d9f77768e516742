/** Stage `spectrum`: how the Hessian's eigenvalues are spread at a trained point. */
import { z } from "zod";
import { hutchinsonTrace } from "../lib/curvature/hutchinson_trace.ts";
import { spectralDensity } from "../lib/curvature/spectral_density.ts";
import { defineStage } from "../lib/pipeline/stage.ts";
import type { SpectrumRecord } from "../lib/report/minimum_results.ts";
import type { Measured } from "../lib/report/results.ts";
import { sharpDirections } from "../lib/sharpness/sharp_directions.ts";
import { writeJson } from "../lib/study/artifacts.ts";
import { openPoint, POINT_FIELDS } from "../lib/study/measured_point.ts";

export default defineStage({
  summary: "Spectral density and trace of the Hessian, and the share of sharp directions",
  parameters: z.strictObject({
    ...POINT_FIELDS,
    /** Steps of Lanczos from each probe of the density, each one product with the Hessian. */
    steps: z.int().positive(),
    /** Random starts of the density. */
    probes: z.int().positive(),
    /** Probes of the trace, each one product. */
    traceProbes: z.int().positive(),
    /** Coordinates along which the loss is tried, two evaluations of f each. */
    directions: z.int().positive(),
    /** ε of the interval along each coordinate, as in Metric 2.1. */
    eps: z.number().positive(),
  }),
  async run(context) {
    const { steps, probes, traceProbes, directions, eps } = context.parameters;
    const seed = context.parameters.seed + context.parameters.trial;
    await using point = await openPoint(context);
    const { objective, x } = point;
    const place = { ...point.labels, dimension: x.length };
    if (!await point.isFinite()) {
      context.diverged("f is not finite at the point");
      return await writeJson(
        context.output("metrics"),
        { ...place, ...NOT_MEASURED } satisfies Measured<SpectrumRecord>,
      );
    }
    // In units of one product; two losses take about a third of one.
    const total = steps * probes + traceProbes + Math.ceil(directions / 3);
    const report = (done: number, note: string) =>
      context.progress({ done: Math.min(done, total), total, note });
    const hessian = objective.hessian(x);
    const density = await spectralDensity(hessian, {
      steps,
      probes,
      seed,
      onProduct: (done) => report(done, `density, product ${done} of ${steps * probes}`),
    });
    const trace = await hutchinsonTrace(hessian, { probes: traceProbes, seed });
    const spent = steps * probes + traceProbes;
    const sharp = await sharpDirections(objective, x, {
      epsilon: eps,
      count: Math.min(directions, x.length),
      seed,
      onDirection: (done) => report(spent + done / 3, `direction ${done} of ${directions}`),
    });
    const record: Measured<SpectrumRecord> = {
      ...place,
      density: {
        steps,
        probes,
        seed,
        grid: [...density.grid],
        density: [...density.density],
        nodes: [...density.nodes],
        weights: [...density.weights],
        residuals: [...density.residuals],
      },
      trace,
      directions: { epsilon: eps, share: sharp.share, percents: [...sharp.percents] },
      lossAtMinimiser: sharp.lossAtMinimiser,
    };
    await writeJson(context.output("metrics"), record);
  },
});

/** What is written of a point where f is not finite: training ended there in NaN. */
const NOT_MEASURED = {
  density: {
    steps: 0,
    probes: 0,
    seed: 0,
    grid: [],
    density: [],
    nodes: [],
    weights: [],
    residuals: [],
  },
  trace: { mean: NaN, standardError: NaN, probes: 0 },
  directions: { epsilon: NaN, share: NaN, percents: [] },
  lossAtMinimiser: NaN,
};

/** Stage `sharpness`: Metric 2.1 at a trained point, in full space or in a random subspace. */
import { z } from "zod";
import { defineStage } from "../lib/pipeline/stage.ts";
import type { Measured, SharpnessRecord } from "../lib/report/results.ts";
import { sharpness, UnmeasurableLossError } from "../lib/sharpness/metric.ts";
import { sharpnessProgress } from "../lib/sharpness/progress.ts";
import { protocolOf, PROTOCOLS } from "../lib/sharpness/protocol.ts";
import { SUBSPACE_DISTRIBUTIONS } from "../lib/sharpness/subspace.ts";
import { writeJson } from "../lib/study/artifacts.ts";
import { openPoint, POINT_FIELDS } from "../lib/study/measured_point.ts";

export default defineStage({
  summary: "Measure the (C_ε, A)-sharpness of a trained point (Metric 2.1)",
  parameters: z.strictObject({
    ...POINT_FIELDS,
    /** ε of the box C_ε, dimensionless. */
    eps: z.number().positive(),
    /** p, the number of A's columns; absent for the full space, A = I. */
    dimension: z.int().positive().optional(),
    /** How A's entries are drawn. */
    distribution: z.enum(SUBSPACE_DISTRIBUTIONS).optional(),
    protocol: z.enum(PROTOCOLS),
    /** Where the maximiser starts, if not where the protocol says. */
    start: z.enum(["vertex", "origin", "random", "corner"]).optional(),
    /** Iterations of L-BFGS-B, or of `power`, if not as many as the protocol says. */
    maxIterations: z.int().positive().optional(),
  }).refine(
    ({ dimension, distribution }) => distribution === undefined || dimension !== undefined,
    {
      message: "a distribution needs a dimension: the full space has no random A",
    },
  ),
  async run(context) {
    const { eps, dimension, seed, trial, protocol } = context.parameters;
    const { start, maxIterations, distribution = "gaussian" } = context.parameters;
    await using point = await openPoint(context);
    const subspace = dimension && { dimension, distribution, seed: seed + trial };
    const place = { ...point.labels, epsilon: eps, space: subspace || "full" } as const;
    const plan = protocolOf({
      protocol,
      inSubspace: dimension !== undefined,
      start,
      maxIterations,
      hasSamples: point.objective.samples.length > 0,
    });
    const progress = sharpnessProgress(plan, point.objective.samples.map(({ share }) => share));
    const tell = (done: number, note: string) => {
      context.progress({ done, total: progress.total, note });
      context.log(note);
    };
    const found = await sharpness(point.objective, point.x, {
      epsilon: eps,
      protocol,
      seed: seed + trial,
      ...(subspace && { subspace }),
      ...(start && { start }),
      ...(maxIterations && { maxIterations }),
      checkpoint: context.checkpoint,
      onIteration({ run, maximiser, start, iteration, percent }) {
        const note = `${maximiser} from the ${start}, iteration ${iteration}, ` +
          `φ ${percent.toPrecision(4)} %`;
        tell(progress.atIteration(run, iteration), note);
      },
      onSample(done, samples) {
        tell(progress.atSample(done, samples), `power method on sample ${done} of ${samples}`);
      },
    }).catch((error) => {
      const isDiverged = error instanceof UnmeasurableLossError && !Number.isFinite(error.loss);
      if (!isDiverged) throw error;
      context.diverged("f is not finite at the point");
      const { start } = plan.climbs[0]!;
      return { ...NOT_MEASURED, protocol, start, maxIterations: plan.maxIterations };
    });
    const { curve, restarts, ...measured } = found;
    const record: Measured<SharpnessRecord> = { ...place, ...measured, curve, restarts };
    await writeJson(context.output("metrics"), record);
  },
});

/** What is written of a point where f is not finite: training ended there in NaN. */
const NOT_MEASURED = {
  percent: NaN,
  iterations: 0,
  evaluations: 0,
  stopReason: "value-not-finite",
  activeShare: 0,
  moved: false,
  curve: [],
  restarts: [],
  warnings: ["f is not finite at the point"],
} as const;

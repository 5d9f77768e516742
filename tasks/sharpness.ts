/** Stage `sharpness`: Metric 2.1 at a trained point, in full space or in a random subspace. */
import { z } from "zod";
import { selectEngine } from "../lib/engine/select.ts";
import { network, NETWORK_NAMES } from "../lib/networks/zoo.ts";
import { objectiveOf } from "../lib/objective/objective_of.ts";
import { defineStage } from "../lib/pipeline/stage.ts";
import type { Measured, SharpnessRecord } from "../lib/report/results.ts";
import { sharpness } from "../lib/sharpness/metric.ts";
import { protocolOf } from "../lib/sharpness/protocol.ts";
import { SUBSPACE_DISTRIBUTIONS } from "../lib/sharpness/subspace.ts";
import { isMeasurable, readDataset, readWeights, writeJson } from "./artifacts.ts";

export default defineStage({
  summary: "Measure the (C_ε, A)-sharpness of a trained point (Metric 2.1)",
  parameters: z.strictObject({
    network: z.enum(NETWORK_NAMES),
    seed: z.int().nonnegative(),
    /** The trial whose point is measured; A is drawn by seed + trial. */
    trial: z.int().nonnegative(),
    /** ε of the box C_ε, dimensionless. */
    eps: z.number().positive(),
    /** p, the number of A's columns; absent for the full space, A = I. */
    dimension: z.int().positive().optional(),
    /** How A's entries are drawn. */
    distribution: z.enum(SUBSPACE_DISTRIBUTIONS).optional(),
    protocol: z.enum(["paper", "literal", "robust"]),
    /** Where the maximiser starts, if not where the protocol says. */
    start: z.enum(["vertex", "origin", "random", "corner"]).optional(),
    /** Iterations of L-BFGS-B, if not as many as the protocol says. */
    maxIterations: z.int().positive().optional(),
    evaluationBatch: z.int().positive(),
  }).refine(
    ({ dimension, distribution }) => distribution === undefined || dimension !== undefined,
    {
      message: "a distribution needs a dimension: the full space has no random A",
    },
  ),
  async run(context) {
    const { eps, dimension, evaluationBatch, seed, trial, protocol } = context.parameters;
    const { start, maxIterations, distribution = "gaussian" } = context.parameters;
    const net = network(context.parameters.network);
    const dataset = await readDataset(context.input("train").path);
    const x = await readWeights(net, context.input("weights").path);
    await using objective = await objectiveOf(net, dataset, {
      engine: await selectEngine(),
      evaluationBatch,
    });
    const subspace = dimension && { dimension, distribution, seed: seed + trial };
    const place = {
      network: net.name,
      dataset: dataset.name,
      trial,
      epsilon: eps,
      space: subspace || "full",
      batchNorm: "batch",
      evaluationBatch,
    } as const;
    const plan = protocolOf({
      protocol,
      inSubspace: dimension !== undefined,
      start,
      maxIterations,
    });
    if (!(await isMeasurable(objective, x))) {
      context.diverged("f is not finite at the point");
      const record: Measured<SharpnessRecord> = {
        ...place,
        ...NOT_MEASURED,
        protocol,
        start: plan.starts[0]!,
        maxIterations: plan.maxIterations,
      };
      return await writeJson(context.output("metrics"), record);
    }
    const { curve, restarts, ...measured } = await sharpness(objective, x, {
      epsilon: eps,
      protocol,
      seed: seed + trial,
      ...(subspace && { subspace }),
      ...(start && { start }),
      ...(maxIterations && { maxIterations }),
      onIteration({ run, runs, start, iteration, percent }) {
        const note = `from the ${start}, iteration ${iteration}, φ ${percent.toPrecision(4)} %`;
        context.progress({
          done: run * plan.maxIterations + iteration,
          total: runs * plan.maxIterations,
          note,
        });
        context.log(note);
      },
    });
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
} as const;

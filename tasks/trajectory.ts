/** Stage `trajectory`: Metric 2.1 at the iterates that a run kept (figure 6). */
import { z } from "zod";
import { objectiveOf } from "../lib/objective/objective_of.ts";
import { defineStage } from "../lib/pipeline/stage.ts";
import type { TrajectoryRecord } from "../lib/report/results.ts";
import { sharpness, UnmeasurableLossError } from "../lib/sharpness/metric.ts";
import { readDataset, readWeights, writeJson } from "../lib/study/artifacts.ts";
import { networkOf, OBJECTIVE_FIELDS } from "../lib/study/objective_parameters.ts";
import { PROTOCOLS } from "../lib/sharpness/protocol.ts";
import { savedPoints } from "../lib/study/saved_points.ts";
import { stageEngine } from "../lib/study/stage_engine.ts";

/** A point of the trajectory with how it was measured. */
type Measured = TrajectoryRecord["points"][number] & {
  readonly iterations: number;
  readonly evaluations: number;
  readonly stopReason: string;
};

export default defineStage({
  summary: "Measure sharpness and loss along a run of training",
  parameters: z.strictObject({
    ...OBJECTIVE_FIELDS,
    /** Iterates are kept without moments of their own. */
    batchNorm: z.enum(["batch"]).default("batch"),
    seed: z.int().nonnegative(),
    trial: z.int().nonnegative(),
    /** ε of the box C_ε, dimensionless. */
    eps: z.number().positive(),
    protocol: z.enum(PROTOCOLS),
  }),
  async run(context) {
    const { eps, protocol, seed, trial, evaluationBatch, batchNorm } = context.parameters;
    const net = networkOf(context.parameters);
    const dataset = await readDataset(context.input("train").path);
    const engine = await stageEngine(context);
    await using f = await objectiveOf(net, dataset, { engine, evaluationBatch });
    const epochs = await keptEpochs(context.input("iterates").path);
    const points = await savedPoints(
      context,
      epochs,
      async (epoch, checkpoint, done): Promise<Measured | undefined> => {
        const x = await readWeights(net, iteratePath(context.input("iterates").path, epoch));
        const found = await sharpness(f, x, {
          epsilon: eps,
          protocol,
          seed: seed + trial,
          checkpoint,
        }).catch(whereDiverged);
        if (!found) return undefined; // training diverged: no later iterate is measured
        const { percent, lossAtMinimiser: loss, iterations, evaluations, stopReason } = found;
        context.progress({
          done: done + 1,
          total: epochs.length,
          note: `epoch ${epoch}, loss ${loss.toExponential(2)}, φ ${percent.toPrecision(3)} %`,
        });
        return { epoch, trainLoss: loss, percent, iterations, evaluations, stopReason };
      },
    );
    if (points.length < epochs.length) context.diverged("f is not finite at an iterate");
    await writeJson(context.output("metrics"), {
      network: net.name,
      dataset: dataset.name,
      trial,
      batchNorm,
      evaluationBatch,
      epsilon: eps,
      protocol,
      points,
    });
  },
});

/** Nothing is measured where f is not finite. */
function whereDiverged(error: unknown): undefined {
  if (error instanceof UnmeasurableLossError && !Number.isFinite(error.loss)) return undefined;
  throw error;
}

/** The epochs of which a folder holds an iterate, in order. */
async function keptEpochs(folder: string): Promise<number[]> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const epochs = names.flatMap((name) => /^epoch-(\d+)\.safetensors$/.exec(name)?.[1] ?? []);
  return epochs.map(Number).toSorted((a, b) => a - b);
}

function iteratePath(folder: string, epoch: number): string {
  return `${folder}/epoch-${epoch}.safetensors`;
}

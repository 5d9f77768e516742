/** Stage `surface`: f and accuracy on a grid on a plane through minima. */
import { z } from "zod";
import { planeCoordinates, planePoint } from "../lib/landscape/plane.ts";
import { PLANE_KINDS } from "../lib/landscape/plane_kinds.ts";
import { indexOfNonFinite } from "../lib/linalg/vector.ts";
import type { Network } from "../lib/networks/network.ts";
import { type ClassifierObjective, objectiveOf } from "../lib/objective/objective_of.ts";
import { defineStage, type StageContext } from "../lib/pipeline/stage.ts";
import { readDataset, readWeights, writeJson } from "../lib/study/artifacts.ts";
import { networkOf, OBJECTIVE_FIELDS } from "../lib/study/objective_parameters.ts";
import { savedPoints } from "../lib/study/saved_points.ts";
import { type LaidPlane, layPlane, type MarkedPoint } from "../lib/study/surface_plane.ts";
import { stageEngine } from "../lib/study/stage_engine.ts";

/** One row of the grid, at a constant b. */
interface SurfaceRow {
  readonly trainLoss: readonly number[];
  readonly trainAccuracyPercent: readonly number[];
  readonly testLoss: readonly number[];
  readonly testAccuracyPercent: readonly number[];
}

export default defineStage({
  summary: "Evaluate loss and accuracy on a plane through minima",
  parameters: z.strictObject({
    ...OBJECTIVE_FIELDS,
    /** Fixed moments belong to a point; on a plane there are only the chunks' own. */
    batchNorm: z.enum(["batch"]).default("batch"),
    seed: z.int().nonnegative(),
    trial: z.int().nonnegative(),
    plane: z.enum(PLANE_KINDS),
    /** Points of the grid along its longer side, odd so that the minimum is one of them. */
    points: z.int().min(3).refine((points) => points % 2 === 1, "must be odd").default(21),
    /** Half of the grid's side, in units of the directions; of `random` and `eigenvectors`. */
    radius: z.number().positive().default(1),
    /** Products with the Hessian for its two largest eigenvectors. */
    lanczosSteps: z.int().min(2).default(20),
  }),
  async run(context) {
    const { seed, trial, plane: kind, points, radius, lanczosSteps } = context.parameters;
    const { evaluationBatch, batchNorm } = context.parameters;
    const network = networkOf(context.parameters);
    const [train, test] = await Promise.all(
      ["train", "test"].map((name) => readDataset(context.input(name).path)),
    );
    const engine = await stageEngine(context);
    await using onTrain = await objectiveOf(network, train!, { engine, evaluationBatch });
    await using onTest = await objectiveOf(network, test!, { engine, evaluationBatch });
    const labels = { network: network.name, dataset: train!.name, trial, batchNorm };
    const about = { ...labels, evaluationBatch, plane: kind };
    const marks = await marksOf(context, network);
    if (marks.some(({ x }) => indexOfNonFinite(x) >= 0)) {
      context.diverged("the plane goes through a point where training diverged");
      const empty = { as: [], bs: [], rows: [], marks: [], facts: {} };
      return await writeJson(context.output("metrics"), { ...about, ...empty });
    }
    const saved = context.checkpoint.load();
    const checkpoint = { ...context.checkpoint, load: () => saved };
    const laid = await layPlane(kind, {
      network,
      marks,
      radius,
      points,
      // Equal for SB and LB of a trial, whose surfaces are compared.
      seed: seed + trial,
      hessian: (x) => onTrain.hessian(x),
      lanczosSteps,
      onProduct: (done, total) => context.progress({ done, total, note: `Lanczos, ${done}` }),
      checkpoint,
    });
    const rows = await rowsOf({ progress: context.progress, checkpoint }, laid, onTrain, onTest);
    const marked = await Promise.all(marks.map(async ({ name, line, isMinimum, x }) => ({
      name,
      isMinimum,
      ...(line !== undefined && { line }),
      ...planeCoordinates(laid.plane, x),
      trainLoss: (await onTrain.performance(x)).loss,
    })));
    const { grid: { as, bs }, facts } = laid;
    await writeJson(context.output("metrics"), { ...about, as, bs, rows, marks: marked, facts });
  },
});

/** The grid's rows, each saved when it is done. */
function rowsOf(
  context: Pick<StageContext<unknown>, "checkpoint" | "progress">,
  { plane, grid: { as, bs }, kept }: LaidPlane,
  onTrain: ClassifierObjective,
  onTest: ClassifierObjective,
): Promise<SurfaceRow[]> {
  return savedPoints(context, bs, async (b, _checkpoint, done): Promise<SurfaceRow> => {
    const cells = [];
    for (const [k, a] of as.entries()) {
      const x = planePoint(plane, a, b);
      const [inTraining, inTest] = [await onTrain.performance(x), await onTest.performance(x)];
      cells.push({ inTraining, inTest });
      context.progress({
        done: done * as.length + k + 1,
        total: bs.length * as.length,
        note: `row ${done + 1} of ${bs.length}, loss ${inTraining.loss.toExponential(2)}`,
      });
    }
    return {
      trainLoss: cells.map(({ inTraining }) => inTraining.loss),
      trainAccuracyPercent: cells.map(({ inTraining }) => 100 * inTraining.accuracy),
      testLoss: cells.map(({ inTest }) => inTest.loss),
      testAccuracyPercent: cells.map(({ inTest }) => 100 * inTest.accuracy),
    };
  }, kept);
}

/** The points that the plane is laid by, and those that are drawn on it. */
async function marksOf(
  context: Pick<StageContext<{ readonly plane: string }>, "parameters" | "input" | "hasInput">,
  network: Network,
): Promise<MarkedPoint[]> {
  const read = (input: string) => readWeights(network, context.input(input).path);
  const iterates = (input: string, line: string) =>
    context.hasInput(input) ? iteratesOf(network, context.input(input).path, line) : [];
  if (context.parameters.plane === "minima") {
    return [
      ...await iterates("smallIterates", "SB"),
      { name: "SB's minimum", line: "SB", isMinimum: true, x: await read("small") },
      ...await iterates("largeIterates", "LB"),
      { name: "LB's minimum", line: "LB", isMinimum: true, x: await read("large") },
      { name: "the third minimum", isMinimum: true, x: await read("third") },
    ];
  }
  const minimum = { name: "the minimum", line: "run", isMinimum: true, x: await read("weights") };
  if (context.parameters.plane !== "trajectory") return [minimum];
  return [...await iterates("iterates", "run"), minimum];
}

/** The iterates that a run kept, in the order of training. */
async function iteratesOf(
  network: Network,
  folder: string,
  line: string,
): Promise<MarkedPoint[]> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const epochs = names.flatMap((name) => /^epoch-(\d+)\.safetensors$/.exec(name)?.[1] ?? [])
    .map(Number).toSorted((a, b) => a - b);
  return await Promise.all(epochs.map(async (epoch) => ({
    name: `epoch ${epoch}`,
    line,
    isMinimum: false,
    x: await readWeights(network, `${folder}/epoch-${epoch}.safetensors`),
  })));
}

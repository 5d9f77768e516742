/** Reads the results of other stages as the tables need them; faults are found here, not there. */
import { z } from "zod";
import type { InputArtifact } from "../../pipeline/stage.ts";
import type { Regime } from "../../report/paper.ts";
import type { RitzRecord, SharpnessRecord, TrainRecord } from "../../report/results.ts";
import type { RunLabels } from "../../report/run_labels.ts";

/** A number; those that JSON cannot hold come as strings, see `writeJson`. */
export const number = z.union([
  z.number(),
  z.enum(["NaN", "Infinity", "-Infinity"]).transform((text) => Number(text)),
]);
/** Several of them. */
export const numbers = z.array(number);
const subspace = z.object({ dimension: z.int(), distribution: z.string(), seed: z.int() });

/** What a stage writes of a record and the tables read: every field, those that may be absent too. */
export type Fields<T> = z.ZodType<Omit<T, keyof RunLabels>> & {
  readonly shape: { readonly [Field in Exclude<keyof T, keyof RunLabels>]-?: z.ZodType };
};

const TRAIN_FIELDS = {
  dataset: z.string(),
  trainCount: z.int(),
  testCount: z.int(),
  batchSize: z.int(),
  epochs: z.int(),
  steps: z.int(),
  stopReason: z.string(),
  iterate: z.string(),
  batchNorm: z.string(),
  evaluationBatch: z.int(),
  optimiser: z.string(),
  learningRate: number,
  remedies: z.array(z.string()),
  parameterCount: z.int(),
  trainLoss: number,
  trainAccuracyPercent: number,
  testAccuracyPercent: number,
  distanceFromStart: number,
  diffusion: z.object({
    points: z.array(z.object({ step: z.int(), distance: number })),
    logarithmic: z.object({ intercept: number, slope: number, rSquared: number }).optional(),
    power: z.object({ scale: number, exponent: number, rSquared: number }).optional(),
  }).optional(),
};

/** metrics.json of the stage `train`. */
export const trainFile = z.object(TRAIN_FIELDS) satisfies Fields<TrainRecord>;

/** metrics.json of the stage `warm_start`. */
export const warmStartFile = z.object({
  ...TRAIN_FIELDS,
  warmEpochs: z.int(),
  start: z.object({ testAccuracyPercent: number }),
});

/** history.json of the stage `train`. */
export const historyFile = z.array(z.object({
  epoch: z.int(),
  steps: z.int(),
  trainLoss: number,
  trainAccuracy: number,
  testAccuracy: number,
  distanceFromStart: number,
}));

const curve = z.array(
  z.object({ iteration: z.int(), evaluations: z.int().optional(), percent: number }),
);
const maximiserRun = z.object({
  maximiser: z.string().optional(),
  start: z.string(),
  percent: number,
  evaluations: z.int().optional(),
  stopReason: z.string(),
  curve,
});

/** metrics.json of the stage `sharpness`. */
export const sharpnessFile = z.object({
  dataset: z.string(),
  epsilon: number,
  space: z.union([z.literal("full"), subspace]),
  protocol: z.string(),
  start: z.string(),
  maxIterations: z.int(),
  percent: number,
  iterations: z.int(),
  evaluations: z.int(),
  stopReason: z.string(),
  activeShare: number,
  moved: z.boolean(),
  curve,
  restarts: z.array(maximiserRun),
  budget: maximiserRun.optional(),
  search: z.object({
    samples: z.int(),
    inEvaluations: number,
    apart: z.number().nullable(),
  }).optional(),
  warnings: z.array(z.string()),
  batchNorm: z.string(),
  evaluationBatch: z.int(),
}) satisfies Fields<SharpnessRecord>;

/** metrics.json of a stage that evaluates f on paths between minima. */
export const pathFile = z.object({
  kind: z.enum(["linear", "curvilinear"]),
  points: z.array(z.object({
    alpha: number,
    trainLoss: number,
    testLoss: number,
    trainAccuracyPercent: number,
    testAccuracyPercent: number,
  })),
});

/** metrics.json of a stage that measures sharpness at the iterates of a run. */
export const trajectoryFile = z.object({
  epsilon: number,
  points: z.array(z.object({ epoch: z.int(), trainLoss: number, percent: number })),
});

/** metrics.json of the stage `ritz`. */
export const ritzFile = z.object({
  dataset: z.string(),
  batchNorm: z.string(),
  evaluationBatch: z.int(),
  basis: subspace,
  ritz: z.object({ values: numbers, residuals: numbers, products: z.int() }),
  lanczos: z.object({
    values: numbers,
    residuals: numbers,
    steps: z.int(),
    stopReason: z.string(),
  }),
}) satisfies Fields<RitzRecord>;

/** The run itself names what the study has no axis for. */
const ownLabels = z.object({ network: z.string(), trial: z.int() });

/** Where a record was read from, in the words of the stage that reads it. */
export function sourceOf(input: string, cell: InputArtifact["cell"]): string {
  const labels = Object.entries(cell).map(([axis, label]) => `${axis}=${label}`).sort();
  return `${input}[${labels.join(",")}]`;
}

/** Labels of a result that belongs to no regime, or not to one alone. */
type PlainLabels = Omit<RunLabels, "regime"> & { readonly warmEpochs?: number };

/**
 * Reads one result of SB or LB and labels it by its cell.
 *
 * @throws {TypeError} If the file lacks a field, one is of another kind, or it is of no regime.
 */
export async function readRecord<T>(
  input: string,
  artifact: InputArtifact,
  file: z.ZodType<T>,
): Promise<T & RunLabels & PlainLabels> {
  const regime = regimeOf(artifact.cell);
  return { ...await readPlainRecord(input, artifact, file), regime };
}

/**
 * Reads one result and labels it by its cell, in which networks may have names of their own.
 *
 * @throws {TypeError} If the file lacks a field, or one is of another kind.
 */
export async function readPlainRecord<T>(
  input: string,
  artifact: InputArtifact,
  file: z.ZodType<T>,
): Promise<T & PlainLabels> {
  const { cell, status } = artifact;
  const json: unknown = JSON.parse(await Deno.readTextFile(artifact.path));
  const { network, trial } = parseAs(ownLabels, json, artifact);
  return {
    ...(cell.warmEpochs !== undefined && { warmEpochs: Number(cell.warmEpochs) }),
    ...parseAs(file, json, artifact),
    network: cell.network ?? network,
    trial,
    diverged: status === "diverged",
    source: sourceOf(input, cell),
  };
}

/** Reads a JSON file. @throws {TypeError} If it lacks a field, or one is of another kind. */
export async function readJson<T>(artifact: InputArtifact, file: z.ZodType<T>): Promise<T> {
  return parseAs(file, JSON.parse(await Deno.readTextFile(artifact.path)), artifact);
}

function parseAs<T>(file: z.ZodType<T>, json: unknown, { cell }: InputArtifact): T {
  const { data, error } = file.safeParse(json);
  if (!error) return data;
  const name = Object.entries(cell).map(([axis, label]) => `${axis}=${label}`).join(",");
  throw new TypeError(
    `Cannot read the result of [${name}]:\n${z.prettifyError(error)}\n` +
      "want results of this version; run the stage that made it again",
  );
}

/**
 * Whether a result belongs to the paper's pair, rather than to a regime that a study compares with it.
 * One of no regime at all counts, so that reading it says what is wrong.
 */
export function isOfPair({ cell: { regime } }: InputArtifact): boolean {
  return regime === undefined || regime === "SB" || regime === "LB";
}

/** SB or LB. Only warm starts have no such axis; they are LB. */
function regimeOf({ regime, warmEpochs }: InputArtifact["cell"]): Regime {
  if (regime === "SB" || regime === "LB") return regime;
  if (regime === undefined && warmEpochs !== undefined) return "LB";
  throw new TypeError(
    `Cannot put the regime ${regime ?? "(none)"} into the tables: they compare SB and LB; ` +
      "name the labels of the axis `regime` so",
  );
}

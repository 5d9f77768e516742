/** How much work the cell of a stage is, for `plan`: multiply-adds, and bytes on the disk. */
import { z } from "zod";
import { CATALOGUE, type PublishedName } from "../acquisition/catalogue.ts";
import { isStandInName, standInSizes } from "../data/stand_ins.ts";
import { PAPER_ALPHAS } from "../landscape/path.ts";
import { type Operations, operationsOf } from "../objective/operations.ts";
import { sampleShares } from "../objective/sample_chunks.ts";
import type { PlannedWork, Work } from "../pipeline/work.ts";
import { evaluationsOf, protocolOf, PROTOCOLS } from "../sharpness/protocol.ts";
import { mostEpochs } from "../training/stop_rule.ts";
import { MEASURES } from "../measures/measures.ts";
import { MEASURES_FIELDS } from "./measures_parameters.ts";
import { networkOf, OBJECTIVE_FIELDS, type ObjectiveParameters } from "./objective_parameters.ts";
import { regimeOf } from "./learning_rate_parameters.ts";
import { batchesOf, TRAINING_FIELDS } from "./training_parameters.ts";

/** JSON of an epoch, a point or a result, about. */
const RECORD_BYTES = 400;
/** The density on its grid. */
const SPECTRUM_BYTES = 50_000;
/** JSON of four numbers. */
const SURFACE_POINT_BYTES = 100;

// The schemas of the stages are strict; here other parameters are of no interest.
const dataFields = z.object({
  dataset: z.string(),
  train: z.union([z.int(), z.literal("all")]).optional(),
  test: z.union([z.int(), z.literal("all")]).optional(),
});
const trainingFields = z.object({
  ...TRAINING_FIELDS,
  keepIterates: z.array(z.int()).default([]),
});
const maximiserFields = z.object({
  ...OBJECTIVE_FIELDS,
  dimension: z.int().optional(),
  protocol: z.enum(PROTOCOLS),
  start: z.enum(["vertex", "origin", "random", "corner"]).optional(),
  maxIterations: z.int().optional(),
});
const ritzFields = z.object({ ...OBJECTIVE_FIELDS, dimension: z.int(), lanczosSteps: z.int() });
const spectrumFields = z.object({
  ...OBJECTIVE_FIELDS,
  steps: z.int(),
  probes: z.int(),
  traceProbes: z.int(),
  directions: z.int(),
});
const surfaceFields = z.object({
  ...OBJECTIVE_FIELDS,
  plane: z.string(),
  points: z.int().default(21),
  lanczosSteps: z.int().default(20),
});
const measuresFields = z.object({ ...OBJECTIVE_FIELDS, ...MEASURES_FIELDS });

/** Examples of a data set, and bytes of one in its file. */
interface Sizes {
  readonly train: number;
  readonly test: number;
  readonly bytes: number;
}

function sizesOf({ parameters }: PlannedWork): Sizes {
  const { dataset, train, test } = dataFields.parse(parameters);
  const whole = wholeSizes(dataset);
  const chosen = (size: number | "all" | undefined, all: number) =>
    typeof size === "number" ? size : all;
  return { ...whole, train: chosen(train, whole.train), test: chosen(test, whole.test) };
}

function wholeSizes(dataset: string): Sizes {
  if (dataset === "mnist-10k") return { train: 8000, test: 2000, bytes: 28 * 28 };
  // 40 float32 a frame; nine overlapping ones are an example. The paper's numbers of frames.
  if (dataset === "timit") return { train: 721_329, test: 310_621, bytes: 40 * 4 };
  if (!isStandInName(dataset)) return CATALOGUE[dataset as PublishedName].examples;
  const { bytes } = dataset === "synthetic-timit"
    ? { bytes: 360 * 4 }
    : wholeSizes(dataset.replace("synthetic-", ""));
  return { ...standInSizes(dataset), bytes };
}

/** What a cell that reads data and evaluates a network has to do with. */
function settingOf(cell: PlannedWork, parameters: ObjectiveParameters) {
  const network = networkOf(parameters);
  return {
    ...countedOf(parameters),
    data: sizesOf(cell.inputs.train![0]!),
    bytesOfPoint: 4 * network.dimension,
    kind: network.name,
  };
}

const counted = new Map<string, Operations>();

/** The counts of a network; a study has thousands of cells and six networks. */
function countedOf(parameters: ObjectiveParameters): Operations {
  const { network, normalisation, strided, sizes } = parameters;
  const name = JSON.stringify({ network, normalisation, strided, sizes });
  const known = counted.get(name) ?? operationsOf(networkOf(parameters));
  counted.set(name, known);
  return known;
}

/** One pass of steps an epoch, and f on both parts after each; with a plateau rule at the most. */
export function ofTraining(cell: PlannedWork): Work {
  const parameters = trainingFields.parse(cell.parameters);
  const { criterion, keepIterates } = parameters;
  const { data, loss, gradient, bytesOfPoint, kind } = settingOf(cell, parameters);
  const gradients = criterion === "plain" ? 1 : 2; // all others displace the point or the examples
  const { batchSize, conservative } = batchesOf(parameters, data.train);
  const epochs = mostEpochs(regimeOf(parameters, batchSize).stop);
  const steps = epochs * data.train * gradient * gradients * (conservative?.iterations ?? 1);
  const evaluations = (epochs + 1) * (data.train + data.test) * loss;
  const kept = keepIterates.filter((epoch) => epoch <= epochs).length;
  return {
    operations: steps + evaluations,
    bytes: (1 + kept) * bytesOfPoint + (epochs + 1) * RECORD_BYTES,
    kind,
  };
}

/** Metric 2.1: evaluations of f and ∇f, and products with A and its transpose. */
export function ofSharpness(cell: PlannedWork): Work {
  const parameters = maximiserFields.parse(cell.parameters);
  const { dimension = 0 } = parameters;
  const { data, gradient, bytesOfPoint, kind } = settingOf(cell, parameters);
  const shares = sampleShares(data.train, parameters.evaluationBatch);
  const protocol = protocolOf({
    ...parameters,
    inSubspace: dimension > 0,
    hasSamples: shares.length > 0,
  });
  const evaluations = 1 + evaluationsOf(protocol, shares);
  const products = 2 * dimension * bytesOfPoint / 4;
  return {
    operations: evaluations * (data.train * gradient + products),
    bytes: protocol.climbs.length * protocol.maxIterations * RECORD_BYTES,
    kind,
  };
}

/** Metric 2.1 at every iterate that was kept. */
export function ofTrajectory(cell: PlannedWork): Work {
  const { epochs, keepIterates } = trainingFields.parse(cell.inputs.iterates![0]!.parameters);
  const points = keepIterates.filter((epoch) => epoch <= epochs).length;
  const one = ofSharpness(cell);
  return { ...one, operations: points * one.operations, bytes: points * RECORD_BYTES };
}

/** Products with the Hessian: of each column of A, and a step of Lanczos. */
export function ofRitz(cell: PlannedWork): Work {
  const parameters = ritzFields.parse(cell.parameters);
  const { data, gradient, hessian, kind } = settingOf(cell, parameters);
  const products = parameters.dimension + parameters.lanczosSteps;
  const operations = data.train * (products * hessian + gradient);
  return { operations, bytes: 3 * RECORD_BYTES, kind };
}

/** Products for density and trace, and two losses along each coordinate. */
export function ofSpectrum(cell: PlannedWork): Work {
  const parameters = spectrumFields.parse(cell.parameters);
  const { steps, probes, traceProbes, directions } = parameters;
  const { data, loss, hessian, kind } = settingOf(cell, parameters);
  const operations = data.train *
    ((steps * probes + traceProbes) * hessian + (2 * directions + 1) * loss);
  return { operations, bytes: SPECTRUM_BYTES, kind };
}

/** The calls that each measure says it makes. */
export function ofMeasures(cell: PlannedWork): Work {
  const { measures, ...budget } = measuresFields.parse(cell.parameters);
  const { data, loss, gradient, hessian, kind } = settingOf(cell, budget);
  const perExample = measures.reduce((total, name) => {
    const { losses = 0, gradients = 0, products = 0 } = MEASURES[name].cost({
      ...budget,
      sampleShares: sampleShares(data.train, budget.evaluationBatch),
    });
    return total + losses * loss + gradients * gradient + products * hessian;
  }, 0);
  return { operations: data.train * perExample, bytes: measures.length * RECORD_BYTES, kind };
}

/** f on both parts at every α. */
export function ofPath(cell: PlannedWork): Work {
  const { data, loss, kind } = settingOf(cell, z.object(OBJECTIVE_FIELDS).parse(cell.parameters));
  const operations = PAPER_ALPHAS.length * (data.train + data.test) * loss;
  return { operations, bytes: PAPER_ALPHAS.length * RECORD_BYTES, kind };
}

/** f on both parts at every point of a grid that is square at the most. */
export function ofSurface(cell: PlannedWork): Work {
  const parameters = surfaceFields.parse(cell.parameters);
  const { plane, points, lanczosSteps } = parameters;
  const { data, loss, hessian, kind } = settingOf(cell, parameters);
  const products = plane === "eigenvectors" ? lanczosSteps * data.train * hessian : 0;
  const operations = points ** 2 * (data.train + data.test) * loss + products;
  return { operations, bytes: points ** 2 * SURFACE_POINT_BYTES, kind };
}

/** Bytes are scaled when they are read; making them is no work beside the rest. */
export function ofDownload(cell: PlannedWork): Work {
  const { train, test, bytes } = sizesOf(cell);
  return { operations: 0, bytes: (train + test) * bytes };
}

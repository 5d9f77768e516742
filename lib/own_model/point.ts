/** The point that `basin measure` measures at: weights, network and data from the command line. */
import { createHash } from "node:crypto";
import type { Dataset } from "../data/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import { selectEngine } from "../engine/select.ts";
import { filterBlocks, type NetworkFilters } from "../networks/filter_blocks.ts";
import { lossOf, type Network } from "../networks/network.ts";
import {
  type ReadParameters,
  readParameters,
  type WeightLayout,
} from "../networks/read_parameters.ts";
import type { NormMoments } from "../objective/norm_moments.ts";
import { type ClassifierObjective, objectiveOf } from "../objective/objective_of.ts";
import { targetsOf } from "../objective/targets.ts";
import { recomputedMoments } from "../objective/recomputed_moments.ts";
import { chunkSizeFor } from "./chunk_size.ts";
import type { OpenedData } from "./data.ts";
import {
  type Agreement,
  agreementOf,
  firstOutputs,
  formsOf,
  storedOutput,
} from "./exporter_output.ts";
import { examplesStayApart } from "./examples_apart.ts";
import { openNetwork, renamesOf } from "./named_network.ts";
import type { MeasureOptions } from "./options.ts";
import { outputMeaning } from "./output_meaning.ts";
import { readWeightsFile, type WeightsFile } from "./weights_file.ts";

/** f on the data, the point, and what both were made of; dispose of it to free the engine. */
export interface MeasurePoint extends AsyncDisposable {
  readonly options: MeasureOptions;
  readonly dataset: Dataset;
  readonly net: Network;
  readonly weights: OpenedWeights;
  /** For directions that are filter-normalised. */
  readonly filters: readonly NetworkFilters[];
  readonly engine: Engine;
  readonly objective: ClassifierObjective;
  /** How near the logits are to those that the data file holds. */
  readonly agreement?: Agreement;
}

/**
 * Opens everything that must be there before anything is computed.
 *
 * @param model An ONNX file; without it, the weights and the network of the options.
 * @param data What `openData()` has read: several points may be on the same data.
 */
export async function openPoint(
  options: MeasureOptions,
  model: string | undefined,
  data: OpenedData,
): Promise<MeasurePoint> {
  return model === undefined
    ? await openNamed(options, data.dataset)
    : await openImported(options, data, model);
}

async function openNamed(options: MeasureOptions, dataset: Dataset): Promise<MeasurePoint> {
  const file = readWeightsFile(options.weights!);
  const net = openNetwork(options, dataset, file.tensors);
  const { understood } = targetsOf(net, dataset);
  const read = openWeights(net, file, options);
  const notes = net.loss ? [`f is the ${net.loss.title}`, ...(understood ? [understood] : [])] : [];
  const weights = { ...read, notes: [...read.notes, ...notes] };
  const engine = await selectEngine();
  const moments = await openMoments(net, dataset, weights, options, engine);
  const objective = await objectiveOf(net, dataset, {
    engine,
    evaluationBatch: options.evaluationBatch,
    ...(moments && { moments }),
  });
  const filters = filterBlocks(net);
  return pointOf({ options, dataset, net, weights, filters, engine, objective });
}

/** A model whose file holds network and weights. */
async function openImported(
  given: MeasureOptions,
  data: OpenedData,
  file: string,
): Promise<MeasurePoint> {
  // Loaded for a model alone: other weights need no protocol buffers.
  const { openModel } = await import("./model.ts");
  const engine = await selectEngine();
  let model = openModel(file, data, given);
  let outputs = await firstOutputs(model.fresh(), model.x, model.dataset, engine);
  const { net: { classes }, isOpenEnded, hasEnding } = model;
  const meaning = hasEnding
    ? { areProbabilities: false }
    : outputMeaning(lossOf(model.net), outputs, classes, isOpenEnded);
  if (meaning.areProbabilities) {
    model = openModel(file, data, given, true);
    outputs = await firstOutputs(model.fresh(), model.x, model.dataset, engine);
  }
  const { net, fresh, x, filters, dataset, understood, bytes, declaredBatch } = model;
  const evaluationBatch = given.isChunkGiven ? given.evaluationBatch : chunkSizeFor(fresh());
  const options = { ...given, evaluationBatch };
  const areApart = options.batchNorm !== "running" ||
    await examplesStayApart(fresh, x, dataset, engine, declaredBatch ?? 1);
  if (!areApart && declaredBatch !== undefined) {
    throw new RangeError(
      `Cannot measure ${file}: it has the number of examples fixed at ${declaredBatch}, and with ` +
        "more of them its shapes mix them up; export it with an open axis of examples " +
        "(dynamic_axes, dynamic_shapes)",
    );
  }
  const objective = await objectiveOf(net, dataset, { engine, evaluationBatch });
  // What the exporter's program returns is by the moments of training.
  const stored = options.batchNorm === "running" ? await storedOutput(options.data) : undefined;
  const forms = formsOf(lossOf(net));
  const agreement = stored &&
    agreementOf(outputs, net.classes, forms, stored);
  const notes = [
    ...(meaning.warning ? [meaning.warning] : []),
    ...(areApart ? [] : [
      "warning: the output of an example depends on the others in its chunk, as by batch norm in " +
      "training; --evaluation-batch decides f",
    ]),
    ...(stored && !agreement
      ? [`${stored.array} [${stored.shape}] of the data file are no rows of ${net.classes} numbers`]
      : []),
  ];
  const weights = {
    x,
    file,
    sha256: sha256Of(bytes),
    layout: "onnx" as const,
    mapping: [],
    notes: [...understood, ...notes],
    moments: {},
  };
  const point = { options, dataset, net, weights, filters, engine, objective };
  return pointOf(agreement ? { ...point, agreement } : point);
}

function pointOf(parts: Omit<MeasurePoint, keyof AsyncDisposable>): MeasurePoint {
  return {
    ...parts,
    [Symbol.asyncDispose]: () => Promise.resolve(parts.objective[Symbol.asyncDispose]()),
  };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Weights read from a file, and what is said of them in a result. */
export interface OpenedWeights extends Omit<ReadParameters, "layout"> {
  readonly file: string;
  readonly sha256: string;
  readonly layout: WeightLayout | "onnx";
}

/** Reads the weights for a network. @throws {TypeError} If they do not fit. */
function openWeights(
  net: Network,
  { file, bytes, tensors }: WeightsFile,
  { layout, map }: MeasureOptions,
): OpenedWeights {
  const read = readParameters(net, tensors, {
    layout: layout === "auto" ? undefined : layout,
    renames: renamesOf(map),
  });
  return { ...read, file, sha256: sha256Of(bytes) };
}

/** The moments for batch norm that were asked for; none for each chunk's own. */
async function openMoments(
  net: Network,
  dataset: Dataset,
  { x, moments }: OpenedWeights,
  { batchNorm, evaluationBatch }: MeasureOptions,
  engine: Engine,
): Promise<NormMoments | undefined> {
  if (batchNorm === "batch" || net.batchNorms.length === 0) return undefined;
  return batchNorm === "running"
    ? moments
    : await recomputedMoments(net, dataset, x, { engine, evaluationBatch });
}

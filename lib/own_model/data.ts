/** Data for `basin measure`: a file, or the data set of a name. */
import type { Dataset } from "../data/dataset.ts";
import { didYouMean } from "../pipeline/config/suggest.ts";
import { readDataset } from "../study/artifacts.ts";
import { DATASET_NAMES, makeDataset } from "../study/make_dataset.ts";
import { readDataFile } from "./data_file.ts";
import { weighted } from "./example_weights.ts";
import type { MeasureOptions } from "./options.ts";

/** The study's seed: weights of the default study are measured on what they were trained on. */
const STUDY_SEED = 20170209;

/** The data have a known name but could not be had: no mistake on the command line. */
export class DataUnavailable extends Error {
  override name = "DataUnavailable";
}

/** Examples as they were read. */
export interface OpenedData {
  readonly dataset: Dataset;
  /** Whether the features were bytes, which were divided by 255 and are no more than that. */
  readonly areBytes: boolean;
}

/**
 * Reads a data set's file or folder, or makes the data set of a name.
 *
 * @param log Told what was found, and how the files were understood.
 * @throws {RangeError} If there is neither file nor data set of that name, or the weights are none.
 * @throws {DataUnavailable} If files are missing, damaged or out of reach.
 */
export async function openData(
  options: MeasureOptions,
  log: (line: string) => void,
): Promise<OpenedData> {
  const { data, labels, exampleWeights, dataDir, part, examples, normalise } = options;
  const there = await Deno.stat(data).catch(() => undefined);
  const isMade = !there || (there.isDirectory && isNamedData(data));
  if (!isMade || isNamedData(data)) refuseIdle(options, isMade);
  const named = isMade
    ? { dataset: await makeData({ data, dataDir, part }, log), understood: [] }
    : await readDataFile(data, labels, exampleWeights !== "none");
  const { dataset, understood, areBytes = false } = weighted(named, exampleWeights);
  for (const sentence of understood) log(sentence);
  const first = firstExamples(dataset, examples);
  if (first.count < dataset.count && areInOrder(dataset.labels)) {
    const [some, all] = [first, dataset].map(({ labels }) => new Set(labels).size);
    log(
      `warning: the labels are in order: the first ${first.count} examples have ${some} of ${all} ` +
        "classes; shuffle the data, or leave out --examples",
    );
  }
  return {
    dataset: normalised(first, normalise),
    areBytes: areBytes && normalise === undefined,
  };
}

/** @throws {RangeError} If flags are given that these data have no use for. */
function refuseIdle(
  { data, labels, dataDir, isPartGiven }: MeasureOptions,
  isMade: boolean,
): void {
  const idle = isMade
    ? (labels === undefined ? [] : ["--labels"])
    : [...(isPartGiven ? ["--part"] : []), ...(dataDir === undefined ? [] : ["--data-dir"])];
  if (idle.length === 0) return;
  throw new RangeError(
    `Cannot use ${idle.join(" and ")} with ${data}, which is a ${
      isMade ? "data set with labels of its own" : "file or a folder, and no named data set"
    }; leave ${idle.length === 1 ? "it" : "them"} out`,
  );
}

async function makeData(
  { data, dataDir, part }: Pick<MeasureOptions, "data" | "dataDir" | "part">,
  log: (line: string) => void,
): Promise<Dataset> {
  const dataset = nameOf(data);
  if (dataset === undefined) {
    throw new RangeError(
      `Cannot find the data "${data}": there is no file and no data set of that name` +
        didYouMean(data, DATASET_NAMES),
    );
  }
  const folder = await Deno.makeTempDir({ prefix: "basin-data-" });
  try {
    await makeDataset({
      parameters: { dataset, dataDir, seed: STUDY_SEED },
      output: (name) => `${folder}/${name}`,
      progress: () => {},
      log,
    }).catch((cause: Error) => {
      throw new DataUnavailable(cause.message, { cause });
    });
    return await readDataset(`${folder}/${part}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whether labels of several classes never fall, as those of a folder for each class do. */
function areInOrder(labels: Int32Array): boolean {
  return labels.length > 0 && labels[0] !== labels.at(-1) &&
    labels.every((label, i) => i === 0 || label >= labels[i - 1]!);
}

/** Whether it is the name of a data set. */
export function isNamedData(data: string): boolean {
  return nameOf(data) !== undefined;
}

function nameOf(data: string): typeof DATASET_NAMES[number] | undefined {
  return DATASET_NAMES.find((name) => name === data);
}

/** (feature − mean) / deviation, of each channel its own where there are as many as channels. */
function normalised(dataset: Dataset, scales: MeasureOptions["normalise"]): Dataset {
  if (!scales) return dataset;
  const { means, deviations } = scales;
  const channels = dataset.featureShape.at(-1)!;
  if (means.length !== 1 && means.length !== channels) {
    throw new RangeError(
      `Cannot normalise ${dataset.name} by ${means.length} means: its examples have the shape ` +
        `[${dataset.featureShape}]; give one, or one for each of ${channels} channels`,
    );
  }
  const of = (values: readonly number[], i: number) =>
    values[values.length === 1 ? 0 : i % channels]!;
  const features = dataset.features.map((x, i) => (x - of(means, i)) / of(deviations, i));
  return { ...dataset, features };
}

function firstExamples(dataset: Dataset, examples: number): Dataset {
  const { features, labels, targets, weights } = dataset;
  const count = Math.min(examples, dataset.count);
  const first = (length: number) => count * length / dataset.count;
  return {
    ...dataset,
    count,
    features: features.subarray(0, first(features.length)),
    labels: labels.subarray(0, first(labels.length)),
    ...(targets && {
      targets: { ...targets, values: targets.values.subarray(0, first(targets.values.length)) },
    }),
    ...(weights && { weights: weights.subarray(0, first(weights.length)) }),
  };
}

/** Data for `basin measure`: a file, or what the download stage makes of a name. */
import type { Dataset } from "../../lib/data/dataset.ts";
import { didYouMean } from "../../lib/pipeline/config/suggest.ts";
import { readDataset } from "../../lib/study/artifacts.ts";
import { readDataFile } from "./data_file.ts";
import download from "../download.ts";
import type { MeasureOptions } from "./options.ts";
import { NO_CHECKPOINT } from "../../lib/pipeline/no_checkpoint.ts";

/** The study's seed: weights of the default study are measured on what they were trained on. */
const STUDY_SEED = 20170209;

/** The data have a known name but could not be had: no mistake on the command line. */
export class DataUnavailable extends Error {
  override name = "DataUnavailable";
}

/**
 * Reads a data set's file or folder, or makes the data set of a name by the download stage.
 *
 * @param log Told what the download stage says.
 * @throws {RangeError} If there is neither file nor data set of that name.
 * @throws {DataUnavailable} If files are missing, damaged or out of reach.
 */
export async function openData(
  { data, labels, dataDir, part, examples, normalise }: MeasureOptions,
  log: (line: string) => void,
): Promise<Dataset> {
  const there = await Deno.stat(data).catch(() => undefined);
  const isNamed = download.parameters.shape.dataset.options.some((name) => name === data);
  if (!there || (there.isDirectory && isNamed)) {
    return normalised(
      firstExamples(await makeData({ data, dataDir, part }, log), examples),
      normalise,
    );
  }
  const { dataset, understood } = await readDataFile(data, labels);
  for (const sentence of understood) log(sentence);
  return normalised(firstExamples(dataset, examples), normalise);
}

async function makeData(
  { data, dataDir, part }: Pick<MeasureOptions, "data" | "dataDir" | "part">,
  log: (line: string) => void,
): Promise<Dataset> {
  const names = download.parameters.shape.dataset.options;
  if (!names.some((name) => name === data)) {
    throw new RangeError(
      `Cannot find the data "${data}": there is no file and no data set of that name` +
        didYouMean(data, names),
    );
  }
  const folder = await Deno.makeTempDir({ prefix: "basin-data-" });
  try {
    await download.run({
      parameters: download.parameters.parse({ dataset: data, dataDir, seed: STUDY_SEED }),
      cell: {},
      hasInput: () => false,
      input: () => none(),
      inputs: () => none(),
      output: (name) => `${folder}/${name}`,
      checkpoint: NO_CHECKPOINT,
      progress: () => {},
      log,
      diverged: () => {},
    }).catch((cause: Error) => {
      throw new DataUnavailable(cause.message, { cause });
    });
    return await readDataset(`${folder}/${part}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function none(): never {
  throw new TypeError("Cannot read an input of the download stage: it has none; leave it out");
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
  const count = Math.min(examples, dataset.count);
  const width = dataset.features.length / dataset.count;
  return {
    ...dataset,
    count,
    features: dataset.features.subarray(0, count * width),
    labels: dataset.labels.subarray(0, count * dataset.labels.length / dataset.count),
  };
}

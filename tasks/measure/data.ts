/** Data for `basin measure`: a file, or what the download stage makes of a name. */
import type { Dataset } from "../../lib/data/dataset.ts";
import { readDataset } from "../artifacts.ts";
import download from "../download.ts";
import type { MeasureOptions } from "./options.ts";

/** The study's split, so that weights of the default study are measured on what they were trained on. */
const SPLIT = { train: 8000, test: 2000, seed: 20170209 };

/**
 * Reads a data set file, or makes the data set of a name by the download stage.
 *
 * @throws {RangeError} If there is neither file nor data set of that name.
 */
export async function openData({ data, part, examples }: MeasureOptions): Promise<Dataset> {
  const isFile = (await Deno.stat(data).catch(() => undefined))?.isFile;
  const dataset = isFile ? await readDataset(data) : await makeData(data, part);
  return firstExamples(dataset, examples);
}

async function makeData(name: string, part: "train" | "test"): Promise<Dataset> {
  const parameters = download.parameters.safeParse({ dataset: name, ...SPLIT });
  if (!parameters.success) {
    throw new RangeError(
      `Cannot find the data "${name}": there is no file of that name, and the download stage says: ` +
        parameters.error.issues.map(({ message }) => message).join("; "),
    );
  }
  const folder = await Deno.makeTempDir({ prefix: "basin-data-" });
  try {
    await download.run({
      parameters: parameters.data,
      cell: {},
      hasInput: () => false,
      input: () => none(),
      inputs: () => none(),
      output: (name) => `${folder}/${name}`,
      progress: () => {},
      log: () => {},
      diverged: () => {},
    });
    return await readDataset(`${folder}/${part}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function none(): never {
  throw new TypeError("Cannot read an input of the download stage: it has none");
}

function firstExamples(dataset: Dataset, examples: number): Dataset {
  const count = Math.min(examples, dataset.count);
  const width = dataset.features.length / dataset.count;
  return {
    ...dataset,
    count,
    features: dataset.features.subarray(0, count * width),
    labels: dataset.labels.subarray(0, count),
  };
}

/** Reads examples and labels from a file of the user's, whatever program wrote it. */
import { extname } from "node:path";
import {
  datasetOfArrays,
  datasetOfColumns,
  type UnderstoodDataset,
} from "../../lib/data/array_dataset.ts";
import { decodeDataset } from "../../lib/data/dataset_file.ts";
import { decodeCsv } from "../../lib/data/formats/csv.ts";
import { decodeNpz } from "../../lib/data/formats/npz.ts";

/**
 * Reads NumPy's `.npz`, a CSV file, or a data set file of Basin.
 *
 * @throws {SyntaxError} If the file is not what its name says.
 * @throws {RangeError} If it holds no examples with labels, or they do not fit each other.
 */
export async function readDataFile(path: string): Promise<UnderstoodDataset> {
  const bytes = await Deno.readFile(path);
  switch (extname(path).toLowerCase()) {
    case ".npz":
      return datasetOfArrays(path, decodeNpz(path, bytes));
    case ".csv":
    case ".tsv":
      return datasetOfColumns(path, decodeCsv(path, new TextDecoder().decode(bytes)));
    case ".npy":
      throw new RangeError(
        `Cannot use ${path} alone: it has no labels; write both by numpy.savez("data.npz", x=…, y=…)`,
      );
    default:
      return { dataset: decodeDataset(bytes), understood: [] };
  }
}

import type { UnderstoodDataset } from "../data/array_dataset.ts";
import { checkedDataset } from "../data/dataset.ts";
import { decodeNpy } from "../data/formats/npy.ts";
import { readNamedFile } from "../pipeline/store/named_file.ts";

/**
 * A data set with the weights that were asked for: of a file, none, or its own.
 *
 * @param wanted A `.npy` file, `none`, or `undefined` for what the data have.
 * @throws {SyntaxError} If the file is no array.
 * @throws {TypeError | RangeError} If it cannot be read, or is not a weight an example; the first bad
 *   one is named.
 */
export function weighted(
  read: UnderstoodDataset,
  wanted: string | undefined,
): UnderstoodDataset {
  const { dataset, understood } = read;
  if (wanted === undefined) return read;
  const { weights: own, ...unweighted } = dataset;
  if (wanted === "none") {
    const note = own ? ["its weights are left out"] : [];
    return { ...read, dataset: unweighted, understood: [...understood, ...note] };
  }
  const bytes = readNamedFile(wanted, "the weights ", "name a .npy file with --example-weights");
  const { shape, data } = decodeNpy(wanted, bytes);
  // A message that refuses the weights names their file beside the data's.
  checkedDataset({ ...unweighted, weights: data, name: `${dataset.name} with ${wanted}` });
  return {
    ...read,
    dataset: { ...unweighted, weights: data },
    understood: [...understood, `${wanted} [${shape}] weight the examples`],
  };
}

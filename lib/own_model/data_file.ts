/** Reads examples and labels from files of the user's, whatever program wrote them. */
import { basename, dirname, extname, join } from "node:path";
import {
  datasetOfArrays,
  datasetOfColumns,
  type UnderstoodDataset,
} from "../data/array_dataset.ts";
import { decodeDataset } from "../data/dataset_file.ts";
import { decodeCsv } from "../data/formats/csv.ts";
import { decodeIdx } from "../data/formats/idx_array.ts";
import { decodeNpy, type NumericTable } from "../data/formats/npy.ts";
import { decodeNpz } from "../data/formats/npz.ts";
import { decodeParquet } from "../data/formats/parquet.ts";
import { datasetOfImages, type LabelledFile } from "../data/image_examples.ts";
import { datasetOfRows } from "../data/parquet_dataset.ts";
import { decodeSafetensors, type TensorFile } from "../data/safetensors.ts";
import { counted } from "../pipeline/display/format.ts";
import { readNamedFile } from "../pipeline/store/named_file.ts";

const IMAGES = /\.(png|jpe?g)$/i;
const IDX = /-(ubyte|idx\d)(\.gz)?$|\.idx(\.gz)?$/i;

/**
 * Reads a file, or a folder of images by class.
 *
 * @param labels A file of labels, which count in place of those in an array file.
 * @param hasWeights Whether what is called a weight is one, and no feature.
 * @throws {SyntaxError} If the file is not what its name says.
 * @throws {RangeError} If it holds no examples with labels, they do not fit each other, or labels
 *   are named of a kind of file that always has its own.
 */
export async function readDataFile(
  path: string,
  labels?: string,
  hasWeights = true,
): Promise<UnderstoodDataset> {
  const alone = (where: string): void => {
    if (labels === undefined) return;
    throw new RangeError(
      `Cannot use ${labels} as the labels of ${path}: its labels are ${where}; leave out --labels`,
    );
  };
  const withLabels = async (arrays: ReadonlyMap<string, NumericTable>) => {
    if (labels === undefined) return datasetOfArrays(path, arrays);
    return datasetOfArrays(path, labelled(arrays, (await labelsOf(path, labels)).table), labels);
  };
  if ((await Deno.stat(path)).isDirectory) {
    alone("its folders");
    return await readImageFolder(path);
  }
  const bytes = readNamedFile(path, "the data ", "name another file with --data");
  const extension = extname(path).toLowerCase();
  if (extension === ".npz") {
    return await withLabels(decodeNpz(path, bytes));
  }
  if (extension === ".csv" || extension === ".tsv") {
    alone("a column");
    return datasetOfColumns(path, decodeCsv(path, textOf(bytes)), hasWeights);
  }
  if (extension === ".parquet") {
    alone("a column");
    return datasetOfRows(path, await decodeParquet(path, bytes), hasWeights);
  }
  if (extension === ".npy" || IDX.test(path)) {
    const own = extension === ".npy" ? decodeNpy(path, bytes) : decodeIdx(path, bytes);
    const { file, table } = await labelsOf(path, labels);
    return datasetOfArrays(path, new Map([["x", own], ["y", table]]), file);
  }
  const file = decodeSafetensors(bytes, path);
  if (file.metadata.classes !== undefined) {
    alone("a part of it");
    return { dataset: decodeDataset(bytes, path), understood: [] };
  }
  return await withLabels(tablesOf(file));
}

/** Arrays with these labels, which come first of all that are called labels. */
function labelled(
  arrays: ReadonlyMap<string, NumericTable>,
  labels: NumericTable,
): Map<string, NumericTable> {
  const others = [...arrays].filter(([name]) => name.toLowerCase() !== "y");
  return new Map([["y", labels], ...others]);
}

/** Labels from the file that was named, or from the one that goes with the examples' by custom. */
async function labelsOf(
  path: string,
  named: string | undefined,
): Promise<{ file: string; table: NumericTable }> {
  const custom = [
    basename(path).replace(/images[-.]idx3/, "labels-idx1"),
    basename(path).replace(
      /^(.*?)(x|images|features|inputs)(?=[^/]*$)/i,
      (_, before, word) => before + (/^x$/i.test(word) ? (word === "x" ? "y" : "Y") : "labels"),
    ),
  ].filter((each) => each !== basename(path)).map((each) => join(dirname(path), each));
  const there = await Promise.all(
    custom.map(async (each) => await Deno.stat(each).then(() => each, () => undefined)),
  );
  const file = named ?? there.find((each) => each !== undefined);
  if (file === undefined) {
    throw new RangeError(
      `Cannot use ${path} alone: it has no labels; name their file with --labels`,
    );
  }
  const bytes = readNamedFile(file, "the labels ", "name their file with --labels");
  const isNpy = extname(file).toLowerCase() === ".npy";
  return { file, table: isNpy ? decodeNpy(file, bytes) : decodeIdx(file, bytes) };
}

/** A text in UTF-8, or in UTF-16 where it begins with that's mark, as Excel writes it. */
function textOf(bytes: Uint8Array): string {
  const mark = (bytes[0] ?? 0) << 8 | (bytes[1] ?? 0);
  const encoding = mark === 0xfffe ? "utf-16le" : mark === 0xfeff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

/** NumPy's names of the types that tensors have. */
const DTYPES = { F32: "f4", F64: "f8", I32: "i4", U8: "u1" } as const;

function tablesOf({ tensors }: TensorFile): Map<string, NumericTable> {
  return new Map(
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => [
      name,
      { shape, dtype: DTYPES[dtype], data: Float64Array.from(data) },
    ]),
  );
}

/** A folder with a folder for each class; classes are numbered in the order of their names. */
async function readImageFolder(path: string): Promise<UnderstoodDataset> {
  const folders = await namesIn(path, ({ isDirectory }) => isDirectory);
  const files: LabelledFile[] = [];
  const others = await namesIn(path, ({ isDirectory }) => !isDirectory);
  for (const [label, folder] of folders.entries()) {
    for (const name of await namesIn(join(path, folder), () => true)) {
      if (!IMAGES.test(name)) {
        others.push(join(folder, name));
        continue;
      }
      const file = join(path, folder, name);
      files.push({ name: file, bytes: await Deno.readFile(file), label });
    }
  }
  if (files.length === 0) {
    throw new RangeError(
      `Cannot use the folder ${path}: it has no folder with .png or .jpg files for each class`,
    );
  }
  const { understood, ...images } = datasetOfImages(path, files, folders.length);
  const shown = folders.length > 8 ? [...folders.slice(0, 7), "…"] : folders;
  return {
    ...images,
    understood: [
      `${folders.length} classes in the order of their folders: ${shown.join(", ")}`,
      // They might be images of a format that is not read.
      ...(others.length > 0
        ? [
          `left out, as no .png or .jpg: ${counted(others.length, "file")}, ` +
          others.slice(0, 3).join(", ") + (others.length > 3 ? ", …" : ""),
        ]
        : []),
      ...understood,
    ],
  };
}

async function namesIn(path: string, wanted: (entry: Deno.DirEntry) => boolean): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(path));
  const order = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;
  return entries.filter((entry) => wanted(entry) && !entry.name.startsWith("."))
    .map(({ name }) => name).sort(order);
}

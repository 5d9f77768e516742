import { datasetOfArrays, type UnderstoodDataset, WEIGHT_NAMES } from "./array_dataset.ts";
import { checkedDataset } from "./dataset.ts";
import type { ParquetRow } from "./formats/parquet.ts";
import type { NumericTable } from "./formats/npy.ts";
import { datasetOfImages } from "./image_examples.ts";
import { readTargets } from "./read_targets.ts";

/** What the hub's data sets call the images and the labels, the usual names first. */
const IMAGE_NAMES = ["image", "img", "images", "picture"];
const LABEL_NAMES = ["label", "labels", "fine_label", "target", "targets", "y", "class"];

/**
 * Examples from the rows of a table: images as `{ bytes, path }` or bytes, as the Hugging Face hub has
 * them, or columns of numbers and of lists of numbers; with a column of labels or of real targets,
 * numbers or lists, and perhaps one of weights.
 *
 * @param name What tables call the data.
 * @param hasWeights Whether a column that is called a weight is one, and no feature.
 * @throws {SyntaxError} If an image cannot be read.
 * @throws {RangeError} If there are no rows, no labels, or a row does not fit the first; it is named.
 */
export function datasetOfRows(
  name: string,
  rows: readonly ParquetRow[],
  hasWeights = true,
): UnderstoodDataset {
  const [first] = rows;
  if (!first) throw new RangeError(`Cannot use ${name}: it has no rows; give one or more`);
  const columns = Object.keys(first);
  const labelColumn = LABEL_NAMES.find((each) => columns.includes(each));
  if (labelColumn === undefined) {
    throw new RangeError(
      `Cannot use ${name}: no column is called ${LABEL_NAMES.join(", ")}; its columns are ` +
        `${columns.join(", ")}; rename one`,
    );
  }
  const weightColumn = hasWeights ? WEIGHT_NAMES.find((each) => columns.includes(each)) : undefined;
  const isList = Array.isArray(first[labelColumn]) || ArrayBuffer.isView(first[labelColumn]);
  const asVector = (column: string) => {
    const { data } = tableOf(name, rows, [column]);
    return { shape: [data.length], dtype: "f8", data };
  };
  const targets = isList ? tableOf(name, rows, [labelColumn]) : asVector(labelColumn);
  const weights = weightColumn === undefined ? undefined : asVector(weightColumn);
  const imageColumn = IMAGE_NAMES.find((each) => imageBytes(first[each]) !== undefined);
  if (imageColumn === undefined) {
    const others = columns.filter((column) => column !== labelColumn && column !== weightColumn);
    return datasetOfArrays(
      name,
      new Map<string, NumericTable>([
        ["x", tableOf(name, rows, others)],
        ["y", targets],
        ...(weights ? [["weights", weights] as const] : []),
      ]),
    );
  }
  const files = rows.map((row, i) => {
    const bytes = imageBytes(row[imageColumn]);
    if (bytes !== undefined) return { name: `row ${i} of ${name}`, bytes, label: 0 };
    throw new RangeError(`Cannot use ${name}: row ${i} has no image`);
  });
  const images = datasetOfImages(name, files, 1);
  const { understood, ...read } = readTargets(name, labelColumn, targets);
  return {
    dataset: checkedDataset({
      ...images.dataset,
      ...read,
      ...(weights && { weights: weights.data }),
    }),
    areBytes: true,
    understood: [
      `${imageColumn} are the images`,
      ...images.understood,
      understood,
      ...(weights ? [`${weightColumn} weight the examples`] : []),
    ],
  };
}

/** Columns side by side, each a number or a list of numbers a row. */
function tableOf(
  name: string,
  rows: readonly ParquetRow[],
  columns: readonly string[],
): NumericTable {
  const widths = columns.map((column) => numbersOf(rows[0]![column]).length);
  const width = widths.reduce((sum, own) => sum + own, 0);
  const faultOf = (row: ParquetRow, column: string, i: number): string => {
    const numbers = numbersOf(row[column]);
    if (numbers.length !== widths[columns.indexOf(column)]) {
      return `row ${i} has ${numbers.length} numbers in ${column}, row 0 ` +
        `${widths[columns.indexOf(column)]}; give as many in each`;
    }
    return `row ${i} has ${shown(row[column])} in ${column}; want numbers: count classes from 0, ` +
      "and fill in or leave out what is missing";
  };
  const data = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    const own = columns.map((column) => numbersOf(row[column]));
    const odd = own.findIndex((numbers, j) =>
      numbers.some(Number.isNaN) || numbers.length !== widths[j]
    );
    if (odd >= 0) throw new RangeError(`Cannot use ${name}: ${faultOf(row, columns[odd]!, i)}`);
    const numbers = own.flat();
    data.set(numbers, i * width);
  });
  return { shape: [rows.length, width], dtype: "f8", data };
}

/** A value in a message: a text in quotes, no value as `null`, and no more than fits a line. */
function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, own) => typeof own === "bigint" ? Number(own) : own) ??
    "nothing";
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function imageBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  const bytes = (value as { bytes?: unknown } | null | undefined)?.bytes;
  return bytes instanceof Uint8Array ? bytes : undefined;
}

/** A number, or the numbers of a list of lists. */
function numbersOf(value: unknown): number[] {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return Array.from(value as ArrayLike<unknown>).flatMap(numbersOf);
  }
  return [typeof value === "bigint" || typeof value === "number" ? Number(value) : NaN];
}

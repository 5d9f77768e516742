import { datasetOfArrays, type UnderstoodDataset } from "./array_dataset.ts";
import type { ParquetRow } from "./formats/parquet.ts";
import type { NumericTable } from "./formats/npy.ts";
import { datasetOfImages } from "./image_examples.ts";

/** What the hub's data sets call the images and the labels, the usual names first. */
const IMAGE_NAMES = ["image", "img", "images", "picture"];
const LABEL_NAMES = ["label", "labels", "fine_label", "target", "y", "class"];

/**
 * Labelled examples from the rows of a table: images as `{ bytes, path }` or bytes, as the Hugging
 * Face hub has them, or columns of numbers and of lists of numbers.
 *
 * @param name What tables call the data.
 * @throws {SyntaxError} If an image cannot be read.
 * @throws {RangeError} If there are no rows, no labels, or a row does not fit the first; it is named.
 */
export function datasetOfRows(name: string, rows: readonly ParquetRow[]): UnderstoodDataset {
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
  const imageColumn = IMAGE_NAMES.find((each) => imageBytes(first[each]) !== undefined);
  if (imageColumn !== undefined) {
    const files = rows.map((row, i) => {
      const bytes = imageBytes(row[imageColumn]);
      const label = Number(row[labelColumn]);
      if (bytes !== undefined && Number.isInteger(label) && label >= 0) {
        return { name: `row ${i} of ${name}`, bytes, label };
      }
      const what = bytes === undefined
        ? "has no image"
        : `has the label ${row[labelColumn]}; want a whole number from 0`;
      throw new RangeError(`Cannot use ${name}: row ${i} ${what}`);
    });
    const classes = files.reduce((most, { label }) => Math.max(most, label), 0) + 1;
    const { dataset, understood } = datasetOfImages(name, files, classes);
    return {
      dataset,
      understood: [`${imageColumn} are the images, ${labelColumn} the labels`, ...understood],
    };
  }
  const others = columns.filter((column) => column !== labelColumn);
  const width = others.reduce((sum, column) => sum + numbersOf(first[column]).length, 0);
  const data = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    const numbers = others.flatMap((column) => numbersOf(row[column]));
    const bad = numbers.findIndex(Number.isNaN);
    if (numbers.length !== width || bad >= 0) {
      throw new RangeError(
        `Cannot use ${name}: row ${i} has ${numbers.length} numbers${
          bad >= 0 ? ", one of them none" : ""
        }, the first ${width}`,
      );
    }
    data.set(numbers, i * width);
  });
  const labels = Float64Array.from(rows, (row) => Number(row[labelColumn]));
  return datasetOfArrays(
    name,
    new Map<string, NumericTable>([
      ["x", { shape: [rows.length, width], dtype: "f8", data }],
      ["y", { shape: [rows.length], dtype: "f8", data: labels }],
    ]),
  );
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

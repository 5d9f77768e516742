/** From arrays of other programs to labelled examples. */
import { checkedDataset, type Dataset } from "./dataset.ts";
import type { NumericColumns } from "./formats/csv.ts";
import type { NumericTable } from "./formats/npy.ts";

/** A data set, and how its arrays were understood, in a sentence each. */
export interface UnderstoodDataset {
  readonly dataset: Dataset;
  readonly understood: readonly string[];
}

/** What people call the examples and the labels, the usual names first. */
const FEATURE_NAMES = ["x", "features", "images", "data", "inputs", "x_test", "x_train"];
const LABEL_NAMES = ["y", "labels", "label", "targets", "target", "class", "y_test", "y_train"];

/**
 * Takes examples and labels out of named arrays.
 *
 * Labels are whole numbers, one an example or one a position of each example, or one row with a
 * single 1 among zeros an example. Bytes are divided by 255, all else is
 * taken as it is. Four axes with 1 or 3 entries in the second are images by channel, as PyTorch has
 * them, and become images whose last axis is the channel.
 *
 * @param name What tables call the data.
 * @throws {RangeError} If the arrays are not there, do not fit each other, or a label is no class; the
 *   first example concerned is named.
 */
export function datasetOfArrays(
  name: string,
  arrays: ReadonlyMap<string, NumericTable>,
): UnderstoodDataset {
  const [featureName, features] = pick(name, arrays, FEATURE_NAMES, "examples");
  const [labelName, labels] = pick(name, arrays, LABEL_NAMES, "labels");
  const [count = 0, ...shape] = features.shape;
  const understood = [`${featureName} [${features.shape}] ${features.dtype} are the examples`];
  const isByChannel = shape.length === 3 && isChannels(shape[0]!) && !isChannels(shape[2]!);
  const isBytes = features.dtype === "u1";
  if (isBytes) understood.push("bytes are divided by 255");
  const data = isByChannel ? channelsLast(features.data, count, shape) : features.data;
  const featureShape = isByChannel ? [shape[1]!, shape[2]!, shape[0]!] : shape;
  if (isByChannel) understood.push("the second axis is the channel, and moves to the end");
  const perExample = sizeOf(labels.shape.slice(1));
  const hot = labels.shape.length === 2 && perExample > 1
    ? oneHot(name, labelName, labels)
    : undefined;
  const classesOf = hot
    ? { labels: hot, classes: perExample }
    : wholeLabels(name, labelName, labels, perExample);
  understood.push(`${labelName} [${labels.shape}] are the labels, ${classesOf.classes} classes`);
  const dataset = {
    name,
    features: Float32Array.from(isBytes ? data.map((byte) => byte / 255) : data),
    labels: classesOf.labels,
    count,
    featureShape: featureShape.length === 0 ? [1] : featureShape,
    classes: classesOf.classes,
  };
  if (labels.shape[0] !== count) {
    throw new RangeError(
      `Cannot use ${name}: ${featureName} has ${count} examples, ${labelName} ` +
        `${labels.shape[0] ?? 0} labels; give one for each`,
    );
  }
  return { dataset: checkedDataset(dataset), understood };
}

/** The same of a table of numbers: the column that is called a label, and all others in order. */
export function datasetOfColumns(
  name: string,
  { names, columns }: NumericColumns,
): UnderstoodDataset {
  const found = LABEL_NAMES.map((label) => names.findIndex((own) => own.toLowerCase() === label))
    .find((index) => index >= 0);
  if (found === undefined) {
    throw new RangeError(
      `Cannot use ${name}: no column is called ${
        LABEL_NAMES.slice(0, 6).join(", ")
      }; its columns ` +
        `are ${names.slice(0, 10).join(", ")}; rename one`,
    );
  }
  const others = columns.filter((_, j) => j !== found);
  const count = columns[found]!.length;
  const data = new Float64Array(count * others.length);
  others.forEach((column, j) => column.forEach((value, i) => data[i * others.length + j] = value));
  return datasetOfArrays(
    name,
    new Map([
      ["x", { shape: [count, others.length], dtype: "f8", data }],
      [names[found]!, { shape: [count], dtype: "f8", data: columns[found]! }],
    ]),
  );
}

function pick(
  name: string,
  arrays: ReadonlyMap<string, NumericTable>,
  wanted: readonly string[],
  what: string,
): [string, NumericTable] {
  for (const each of wanted) {
    for (const [own, array] of arrays) if (own.toLowerCase() === each) return [own, array];
  }
  throw new RangeError(
    `Cannot find the ${what} in ${name}: none of its arrays (${
      [...arrays.keys()].join(", ")
    }) is ` +
      `called ${wanted.join(", ")}; rename one`,
  );
}

function isChannels(extent: number): boolean {
  return extent === 1 || extent === 3;
}

/** [count, c, h, w] to [count, h, w, c]. */
function channelsLast(data: Float64Array, count: number, shape: readonly number[]): Float64Array {
  const [channels, height, width] = shape as [number, number, number];
  const target = new Float64Array(data.length);
  const plane = height * width;
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < plane; p++) {
        target[(i * plane + p) * channels + c] = data[(i * channels + c) * plane + p]!;
      }
    }
  }
  return target;
}

function wholeLabels(name: string, own: string, { data }: NumericTable, perExample: number) {
  const stray = data.findIndex((label) =>
    !(Number.isInteger(label) && label >= 0 && label < 2 ** 31)
  );
  if (stray >= 0) {
    const example = Math.floor(stray / perExample);
    throw new RangeError(
      `Cannot use ${name}: label ${example} in ${own} is ${data[stray]}; want whole numbers from 0`,
    );
  }
  return {
    labels: Int32Array.from(data),
    classes: data.reduce((most, x) => Math.max(most, x), 0) + 1,
  };
}

/**
 * Classes from rows that have a single 1 among zeros each; `undefined` if an entry is neither: then
 * the rows are labels of positions.
 */
function oneHot(
  name: string,
  own: string,
  { data, shape }: NumericTable,
): Int32Array | undefined {
  if (data.some((entry) => entry !== 0 && entry !== 1)) return undefined;
  const [count = 0, classes = 1] = shape;
  return Int32Array.from({ length: count }, (_, i) => {
    const row = data.subarray(i * classes, (i + 1) * classes);
    const at = row.indexOf(1);
    if (at >= 0 && row.every((entry, j) => entry === (j === at ? 1 : 0))) return at;
    throw new RangeError(
      `Cannot use ${name}: row ${i} of ${own} is [${row.slice(0, 5).join(", ")}${
        classes > 5 ? ", …" : ""
      }]; want a single 1 among zeros`,
    );
  });
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

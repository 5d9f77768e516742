/** From arrays of other programs to labelled examples. */
import { checkedDataset, type Dataset } from "./dataset.ts";
import type { NumericColumns } from "./formats/csv.ts";
import type { NumericTable } from "./formats/npy.ts";
import { readTargets } from "./read_targets.ts";

/** A data set, and how its arrays were understood, in a sentence each. */
export interface UnderstoodDataset {
  readonly dataset: Dataset;
  readonly understood: readonly string[];
  /** Whether the features were bytes, which were divided by 255. */
  readonly areBytes?: boolean;
}

/** What people call the examples and the labels, the usual names first. */
const FEATURE_NAMES = ["x", "features", "images", "data", "inputs", "x_test", "x_train"];
const LABEL_NAMES = ["y", "labels", "label", "targets", "target", "class", "y_test", "y_train"];

/** What people call the weights of the examples. */
export const WEIGHT_NAMES = ["weights", "weight", "sample_weight", "sample_weights"];

/**
 * Takes examples, targets and weights out of named arrays.
 *
 * Targets are labels or real numbers, see `readTargets()`; an array of weights, one an example or one
 * a label, may be missing. Bytes are divided by 255, all else is
 * taken as it is. Four axes with 1 or 3 entries in the second are images by channel, as PyTorch has
 * them, and become images whose last axis is the channel.
 *
 * @param name What tables call the data.
 * @param targetFile Where the labels come from, if from a file of their own.
 * @throws {RangeError} If the arrays are not there, do not fit each other, or a number is not finite
 *   in float32; the first example concerned is named.
 */
export function datasetOfArrays(
  name: string,
  arrays: ReadonlyMap<string, NumericTable>,
  targetFile?: string,
): UnderstoodDataset {
  const [featureName, features] = pick(name, arrays, FEATURE_NAMES, "examples");
  const [ownName, targets] = pick(name, arrays, LABEL_NAMES, "labels");
  const targetName = targetFile ?? ownName;
  const [weightName, weights] = named(arrays, WEIGHT_NAMES) ?? [];
  const [count = 0, ...shape] = features.shape;
  const understood = [`${featureName} [${features.shape}] ${features.dtype} are the examples`];
  const isByChannel = shape.length === 3 && isChannels(shape[0]!) && !isChannels(shape[2]!);
  const isBytes = features.dtype === "u1";
  if (isBytes) understood.push("bytes are divided by 255");
  const data = isByChannel ? channelsLast(features.data, count, shape) : features.data;
  const featureShape = isByChannel ? [shape[1]!, shape[2]!, shape[0]!] : shape;
  if (isByChannel) understood.push("the second axis is the channel, and moves to the end");
  const { understood: asTargets, ...read } = readTargets(name, targetName, targets);
  understood.push(asTargets);
  if (weights) understood.push(`${weightName} [${weights.shape}] weight the examples`);
  const dataset = {
    name,
    features: Float32Array.from(isBytes ? data.map((byte) => byte / 255) : data),
    ...read,
    count,
    featureShape: featureShape.length === 0 ? [1] : featureShape,
    ...(weights && { weights: weights.data }),
  };
  if (targets.shape[0] !== count) {
    throw new RangeError(
      `Cannot use ${name}: ${featureName} has ${count} examples, ${targetName} ` +
        `${targets.shape[0] ?? 0} ${
          read.labels.length > 0 ? "labels" : "targets"
        }; give one for each`,
    );
  }
  const lost = dataset.features.findIndex((x, i) =>
    !Number.isFinite(x) && Number.isFinite(data[i])
  );
  if (lost >= 0) {
    const size = data.length / count;
    throw new RangeError(
      `Cannot use ${name}: feature ${lost % size} of example ${Math.floor(lost / size)} is ` +
        `${data[lost]}, more than float32 holds (3.4e38); scale the examples down`,
    );
  }
  return { dataset: checkedDataset(dataset), understood, areBytes: isBytes };
}

/** Names of columns that together are a target: `y0` and `y1`, `target_1` and `target_2`. */
const NUMBERED_TARGET = /^(?:y|targets?)_?\d+$/i;

/**
 * The same of a table of numbers: the column that is called a label, or the numbered columns that are
 * called targets; the column that is called a weight; and all others in order.
 *
 * @param hasWeights Whether a column that is called a weight is one, and no feature.
 */
export function datasetOfColumns(
  name: string,
  { names, columns }: NumericColumns,
  hasWeights = true,
): UnderstoodDataset {
  const called = (wanted: readonly string[]) =>
    wanted.map((each) => names.findIndex((own) => own.toLowerCase() === each))
      .find((index) => index >= 0);
  const single = called(LABEL_NAMES);
  const numbered = [...names.keys()].filter((j) => NUMBERED_TARGET.test(names[j]!));
  const targets = single === undefined ? numbered : [single];
  if (targets.length === 0) {
    throw new RangeError(
      `Cannot use ${name}: no column is called ${
        LABEL_NAMES.slice(0, 6).join(", ")
      }; its columns ` +
        `are ${names.slice(0, 10).join(", ")}; rename one`,
    );
  }
  const weight = hasWeights ? called(WEIGHT_NAMES) : undefined;
  const others = [...names.keys()].filter((j) => j !== weight && !targets.includes(j));
  const count = columns[0]!.length;
  const table = (own: readonly number[]): NumericTable => {
    const data = new Float64Array(count * own.length);
    own.forEach((j, k) => columns[j]!.forEach((value, i) => data[i * own.length + k] = value));
    return { shape: [count, own.length], dtype: "f8", data };
  };
  const asVector = ([j]: readonly number[]) => ({ ...table([j!]), shape: [count] });
  return datasetOfArrays(
    name,
    new Map([
      ["x", table(others)],
      [
        single === undefined ? "y" : names[single]!,
        targets.length === 1 ? asVector(targets) : table(targets),
      ],
      ...(weight === undefined ? [] : [[names[weight]!, asVector([weight])] as const]),
    ]),
  );
}

function pick(
  name: string,
  arrays: ReadonlyMap<string, NumericTable>,
  wanted: readonly string[],
  what: string,
): [string, NumericTable] {
  const found = named(arrays, wanted);
  if (found) return found;
  throw new RangeError(
    `Cannot find the ${what} in ${name}: none of its arrays (${
      [...arrays.keys()].join(", ")
    }) is ` +
      `called ${wanted.join(", ")}; rename one`,
  );
}

/** The first array that has one of the names, upper and lower case alike. */
function named(
  arrays: ReadonlyMap<string, NumericTable>,
  wanted: readonly string[],
): [string, NumericTable] | undefined {
  return wanted.flatMap((each) => [...arrays].filter(([own]) => own.toLowerCase() === each))[0];
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

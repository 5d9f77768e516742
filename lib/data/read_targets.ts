/** What an array of targets is: labels, or real numbers. */
import type { Dataset, RealTargets } from "./dataset.ts";
import type { NumericTable } from "./formats/npy.ts";

/** The part of a data set that says what is right, and how it was understood. */
export interface ReadTargets extends Pick<Dataset, "labels" | "classes"> {
  readonly targets: RealTargets;
  readonly understood: string;
}

/**
 * Reads targets, the examples in the first axis.
 *
 * Whole numbers from 0 are labels, one an example or one a position of each example; so are rows with
 * a single 1 among zeros. All else are real numbers. Targets that may be labels are kept as real
 * numbers too, since only the model says which of both they are.
 *
 * @example
 * ```ts
 * import { readTargets } from "./read_targets.ts";
 * import assert from "node:assert/strict";
 *
 * const of = (data: number[]) =>
 *   readTargets("a.npz", "y", { shape: [2], dtype: "f4", data: Float64Array.from(data) });
 * assert.deepEqual([...of([2, 0]).labels], [2, 0]);
 * assert.deepEqual([...of([2, 0.5]).labels], []);
 * ```
 *
 * @param name What tables call the data.
 * @param own The array's name.
 * @throws {RangeError} If a target is not finite, or does not fit float32; its example is named.
 */
export function readTargets(
  name: string,
  own: string,
  { shape, data, dtype }: NumericTable,
): ReadTargets {
  const [, ...rest] = shape;
  const entries = rest.reduce((product, extent) => product * extent, 1);
  const values = Float32Array.from(data);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new RangeError(
      `Cannot use ${name}: example ${Math.floor(bad / entries)} has the target ${data[bad]} in ` +
        `${own}; want finite numbers`,
    );
  }
  const targets = { values, shape: rest };
  const hot = rest.length === 1 && entries > 1 ? oneHot(data, entries) : undefined;
  const isWhole = data.every((label) => Number.isInteger(label) && label >= 0 && label < 2 ** 31);
  if (!hot && !isWhole) {
    const understood = `${own} [${shape}] ${dtype} are the targets, numbers`;
    return { labels: new Int32Array(), classes: 0, targets, understood };
  }
  const classes = hot ? entries : data.reduce((most, x) => Math.max(most, x), 0) + 1;
  return {
    labels: hot ?? Int32Array.from(data),
    classes,
    targets,
    understood: `${own} [${shape}] are the labels, ${classes} classes`,
  };
}

/** Classes from rows that have a single 1 among zeros each; `undefined` if a row has not. */
function oneHot(data: Float64Array, classes: number): Int32Array | undefined {
  if (data.some((entry) => entry !== 0 && entry !== 1)) return undefined;
  const labels = new Int32Array(data.length / classes);
  for (let i = 0; i < labels.length; i++) {
    const row = data.subarray(i * classes, (i + 1) * classes);
    if (row.indexOf(1) < 0 || row.indexOf(1) !== row.lastIndexOf(1)) return undefined;
    labels[i] = row.indexOf(1);
  }
  return labels;
}

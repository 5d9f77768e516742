/** Whether the imported model gives what the program that wrote it gives. */
import { extname } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import { decodeNpz } from "../data/formats/npz.ts";
import type { Engine } from "../engine/engine.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import type { Loss, OutputForm } from "../losses/loss.ts";
import { splitParameters } from "../networks/flat.ts";
import type { Network } from "../networks/network.ts";
import { batchOf } from "../objective/classifier_program.ts";

/** What people call a model's output in a file. */
const NAMES = ["logits", "output", "outputs", "predictions"];

/** Examples that are compared. */
const COMPARED = 16;

/** Beyond this share, the import computes something else than the program that wrote the model. */
export const FAITHFUL = 1e-3;

/** How far two outputs are apart. */
export interface Agreement {
  /** Which array of the file, and as what: `logits`, `probabilities`, `output`. */
  readonly array: string;
  readonly kind: string;
  readonly examples: number;
  /** Largest difference, as a share of the largest entry. */
  readonly difference: number;
}

/** An output that a data file holds. */
export interface StoredOutput {
  readonly array: string;
  /** Of the first examples, the examples in the first axis. */
  readonly shape: Shape;
  readonly data: ArrayLike<number>;
}

/** The exporter's output on the first examples, if the data file holds it. */
export async function storedOutput(data: string): Promise<StoredOutput | undefined> {
  if (extname(data).toLowerCase() !== ".npz") return undefined;
  const arrays = decodeNpz(data, await Deno.readFile(data));
  for (const array of NAMES) {
    const found = arrays.get(array);
    const [count = 0, ...rest] = found?.shape ?? [];
    if (!found || count === 0) continue;
    const shape = [Math.min(count, COMPARED), ...rest];
    return { array, shape, data: found.data.subarray(0, sizeOf(shape)) };
  }
  return undefined;
}

/** Rows of outputs of the first examples that Basin computes, 16 unless told otherwise. */
export async function firstOutputs(
  net: Network,
  x: Float64Array,
  { features, count, featureShape }: Pick<Dataset, "features" | "count" | "featureShape">,
  engine: Engine,
  most = COMPARED,
): Promise<Float64Array> {
  const size = Math.min(count, most);
  const { examples } = batchOf(net, size);
  const outputs = net.logits(examples, net.variables());
  await using session = await engine.load({ outputs: { outputs: { outputs } } });
  await session.assign(splitParameters(net, x));
  const fixed = net.fixed?.() ?? [];
  if (fixed.length > 0) {
    await session.assign(Object.fromEntries(fixed.map(({ name, values }) => [name, values])));
  }
  const entries = features.subarray(0, size * sizeOf(featureShape));
  const found = await session.run("outputs", {
    [`examples${size}`]: net.inputType === "int32" ? Int32Array.from(entries) : entries,
  });
  return Float64Array.from(found.outputs!);
}

/** Float32 rounds by 6e-8, half precision by 5e-4, and so do sums of a row. */
const SUM_TOLERANCE = 1e-3;

/** Whether rows are probabilities: none below 0, and each row with the sum 1. */
export function areProbabilities(outputs: Float64Array, width: number): boolean {
  if (outputs.length === 0) return false;
  for (let row = 0; row < outputs.length; row += width) {
    let sum = 0;
    for (const entry of outputs.subarray(row, row + width)) {
      if (!(entry >= 0)) return false;
      sum += entry;
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) return false;
  }
  return true;
}

/** Log-probabilities of a sigmoid. */
const OF_SIGMOID: OutputForm = {
  name: "log-probabilities",
  of: (row) => row.map((z) => Math.min(z, 0) - Math.log1p(Math.exp(-Math.abs(z)))),
};

/** How programs may give what a loss takes, its own form first. */
export function formsOf({ forms, endings }: Loss): readonly OutputForm[] {
  return endings.includes("sigmoid") ? [...forms, OF_SIGMOID] : forms;
}

/**
 * Compares Basin's outputs with the exporter's, which may have another form, such as probabilities
 * instead of logits: what fits best counts, if it fits.
 *
 * @param width Entries of a row of outputs.
 * @param forms Those that the loss knows, its own first.
 * @returns `undefined` if the stored output has other rows.
 */
export function agreementOf(
  outputs: Float64Array,
  width: number,
  forms: readonly OutputForm[],
  stored: StoredOutput,
): Agreement | undefined {
  const theirs = rowsOf(stored, width);
  const rows = Math.floor(Math.min(theirs.length, outputs.length) / width);
  if (rows === 0 || theirs.length % width !== 0) return undefined;
  const perExample = theirs.length / width / stored.shape[0]!;
  if (!Number.isInteger(perExample)) return undefined;
  const found = forms.map(({ name, of }) => {
    let [apart, largest] = [0, 0];
    for (let i = 0; i < rows; i++) {
      of(outputs.subarray(i * width, (i + 1) * width)).forEach((entry, k) => {
        const wanted = theirs[i * width + k]!;
        apart = Math.max(apart, Math.abs(entry - wanted));
        largest = Math.max(largest, Math.abs(wanted));
      });
    }
    const difference = apart / (largest || 1);
    return { array: stored.array, kind: name, examples: Math.floor(rows / perExample), difference };
  });
  const best = found.reduce((best, each) => each.difference < best.difference ? each : best);
  // Where nothing fits, the loss's own form is what was meant.
  return best.difference <= FAITHFUL ? best : found[0];
}

/** The stored output in rows of classes: of [N, classes, height, width] a row a pixel. */
function rowsOf({ shape, data }: StoredOutput, classes: number): ArrayLike<number> {
  if (shape.length !== 4 || shape[1] !== classes) return data;
  const pixels = shape[2]! * shape[3]!;
  return Float64Array.from(data, (_, flat) => {
    const [row, k] = [Math.floor(flat / classes), flat % classes];
    const [example, pixel] = [Math.floor(row / pixels), row % pixels];
    return data[(example * classes + k) * pixels + pixel]!;
  });
}

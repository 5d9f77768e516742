/** Whether the imported model gives what the program that wrote it gives. */
import { extname } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import { decodeNpz } from "../data/formats/npz.ts";
import type { Engine } from "../engine/engine.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import { splitParameters } from "../networks/flat.ts";
import type { Network } from "../networks/network.ts";
import { batchOf, chunkOf, lossProgram } from "../objective/classifier_program.ts";

/** What people call a model's output in a file. */
const NAMES = ["logits", "output", "outputs", "predictions"];

/** Examples that are compared. */
const COMPARED = 16;

/** Beyond this share, the import computes something else than the program that wrote the model. */
export const FAITHFUL = 1e-3;

/** How far two outputs are apart. */
export interface Agreement {
  /** Which array of the file, and as what: `logits`, `probabilities`, `log-probabilities`. */
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

/** Logits of the first examples that Basin computes. */
export async function firstLogits(
  net: Network,
  x: Float64Array,
  { features, labels, count, featureShape }: Dataset,
  engine: Engine,
): Promise<Float64Array> {
  const size = Math.min(count, COMPARED);
  const width = sizeOf(featureShape);
  const chunk = chunkOf(net, net.variables(), batchOf(net, size));
  await using session = await engine.load(lossProgram(chunk, size));
  await session.assign(splitParameters(net, x));
  const fixed = net.fixed?.() ?? [];
  if (fixed.length > 0) {
    await session.assign(Object.fromEntries(fixed.map(({ name, values }) => [name, values])));
  }
  const entries = features.subarray(0, size * width);
  const { logits } = await session.run(`losses ${size}`, {
    [`examples${size}`]: net.inputType === "int32" ? Int32Array.from(entries) : entries,
    [`labels${size}`]: labels.subarray(0, size * labels.length / count),
  });
  return Float64Array.from(logits!);
}

/**
 * Compares Basin's logits with the exporter's output, which may be logits, or probabilities or their
 * logarithms where the model ends so: what fits best counts, if it fits.
 *
 * @param classes Logits in a row; of two, the first is 0 where the model has a single one.
 * @returns `undefined` if the stored output has other rows.
 */
export function agreementOf(
  logits: Float64Array,
  classes: number,
  stored: StoredOutput,
): Agreement | undefined {
  const theirs = rowsOf(stored, classes);
  const isSingle = classes === 2 && sizeOf(stored.shape.slice(1)) === 1;
  const perRow = isSingle ? 1 : classes;
  const rows = Math.floor(Math.min(theirs.length / perRow, logits.length / classes));
  if (rows === 0 || theirs.length % perRow !== 0) return undefined;
  const perExample = theirs.length / perRow / stored.shape[0]!;
  const kinds = [
    { kind: "logits", of: (row: Float64Array) => row },
    { kind: "probabilities", of: (row: Float64Array) => logProbabilities(row).map(Math.exp) },
    { kind: "log-probabilities", of: logProbabilities },
  ];
  const found = kinds.map(({ kind, of }) => {
    let [apart, largest] = [0, 0];
    for (let i = 0; i < rows; i++) {
      const row = of(logits.subarray(i * classes, (i + 1) * classes));
      const own = isSingle ? row.subarray(1) : row;
      own.forEach((entry, k) => {
        const wanted = theirs[i * perRow + k]!;
        apart = Math.max(apart, Math.abs(entry - wanted));
        largest = Math.max(largest, Math.abs(wanted));
      });
    }
    const difference = apart / (largest || 1);
    return { array: stored.array, kind, examples: Math.floor(rows / perExample), difference };
  });
  const best = found.reduce((best, each) => each.difference < best.difference ? each : best);
  // Where nothing fits, logits are what was meant.
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

function logProbabilities(row: Float64Array): Float64Array {
  const peak = Math.max(...row);
  const total = row.reduce((sum, entry) => sum + Math.exp(entry - peak), 0);
  return row.map((entry) => entry - peak - Math.log(total));
}

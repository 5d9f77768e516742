/** How stages read and write what they hand each other. */
import type { Dataset } from "../data/dataset.ts";
import { decodeDataset } from "../data/dataset_file.ts";
import { joinParameters, splitParameters } from "../networks/flat.ts";
import type { Network } from "../networks/network.ts";
import { momentValues, type NormMoments } from "../objective/norm_moments.ts";
import { decodeSafetensors, encodeSafetensors } from "../data/safetensors.ts";

/** Reads a data set that the download stage wrote. */
export async function readDataset(path: string): Promise<Dataset> {
  return decodeDataset(await Deno.readFile(path));
}

/** Reads the flat vector x of a network from a safetensors file. */
export async function readWeights(network: Network, path: string): Promise<Float64Array> {
  const { tensors } = decodeSafetensors(await Deno.readFile(path));
  return joinParameters(
    network,
    Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data])),
  );
}

/**
 * Reads the moments of batch norm that were written beside the weights.
 *
 * @throws {RangeError} If there are none.
 */
export async function readMoments(network: Network, path: string): Promise<NormMoments> {
  const { tensors } = decodeSafetensors(await Deno.readFile(path));
  return Object.fromEntries(network.batchNorms.map(({ name }) => {
    const [mean, variance] = ["mean", "variance"].map((kind) => tensors[`${name}/${kind}`]?.data);
    if (!mean || !variance) {
      throw new RangeError(
        `Cannot normalise ${name} by the moments of its training: the weights have none; ` +
          "train with the same `batchNorm` as is measured with",
      );
    }
    return [name, { mean: Float64Array.from(mean), variance: Float64Array.from(variance) }];
  }));
}

/**
 * Writes the flat vector x as a safetensors file of named float32 parameters.
 *
 * @param moments What x was evaluated with, if not each chunk's own: `norm1/mean`, `norm1/variance`.
 */
export async function writeWeights(
  network: Network,
  path: string,
  x: Float64Array,
  moments: NormMoments = {},
): Promise<void> {
  const parts = splitParameters(network, x);
  const tensors = Object.fromEntries([
    ...network.parameters.map(({ name, shape }) =>
      [name, { dtype: "F32", shape, data: Float32Array.from(parts[name]!) }] as const
    ),
    ...Object.entries(momentValues(moments)).map(([name, values]) =>
      [name, { dtype: "F32", shape: [values.length], data: Float32Array.from(values) }] as const
    ),
  ]);
  await Deno.writeFile(path, encodeSafetensors(tensors, { network: network.name }));
}

/** A result as JSON; numbers keep all their digits, NaN and infinities become strings. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_, entry) => typeof entry === "number" && !Number.isFinite(entry) ? String(entry) : entry,
    2,
  );
  return `${text}\n`;
}

/** Writes a result as JSON, see {@link jsonText}. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, jsonText(value));
}

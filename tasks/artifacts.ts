/** How stages read and write what they hand each other. */
import type { Dataset } from "../lib/data/dataset.ts";
import { decodeDataset } from "../lib/data/dataset_file.ts";
import { joinParameters, splitParameters } from "../lib/networks/flat.ts";
import type { Network } from "../lib/networks/network.ts";
import { decodeSafetensors, encodeSafetensors } from "../lib/data/safetensors.ts";

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

/** Writes the flat vector x as a safetensors file of named float32 parameters. */
export async function writeWeights(network: Network, path: string, x: Float64Array): Promise<void> {
  const parts = splitParameters(network, x);
  const tensors = Object.fromEntries(
    network.parameters.map(({ name, shape }) =>
      [name, { dtype: "F32", shape, data: Float32Array.from(parts[name]!) }] as const
    ),
  );
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

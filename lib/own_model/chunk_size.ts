import { topologicalOrder } from "../graph/value.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Network } from "../networks/network.ts";
import { batchOf, chunkOf } from "../objective/classifier_program.ts";

/** Bytes that a chunk's products Hv may take. */
const BUDGET = 2 ** 31;

/** Hv holds the activations, their tangents and both of the cotangents. */
const COPIES = 4;

/** Of f where nothing bounds it. */
const LARGEST = 5000;

/**
 * So many examples at once that Hv needs some 2 GiB, and at most 5000: f does not depend on it where
 * no batch norm takes moments of the chunk.
 */
export function chunkSizeFor(network: Network): number {
  const floats = (examples: number) => {
    const { losses } = chunkOf(network, network.variables(), batchOf(network, examples));
    return topologicalOrder([losses]).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  };
  // Weights are there once, whatever the number of examples.
  const perExample = floats(3) - floats(2);
  const size = Math.floor(BUDGET / (4 * COPIES * Math.max(1, perExample)));
  return Math.max(1, Math.min(LARGEST, size));
}

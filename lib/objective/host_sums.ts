import { placeholder } from "../graph/ops/leaf.ts";
import { addParameters } from "../networks/flat.ts";
import type { Network } from "../networks/network.ts";
import type { ChunkSums } from "./chunk_sums.ts";

/** Sums in float64, in the host's memory: for engines that compute there, and so copy next to nothing. */
export function hostSums(network: Network): ChunkSums {
  return {
    leaf: placeholder,
    prepared: (program) => program,
    async over(session, chunks, { nameFor, vectors }, read = {}, onChunk) {
      const sums = vectors.map(() => new Float64Array(network.dimension));
      for (const chunk of chunks) {
        const outputs = await session.run(nameFor(chunk.size), { ...chunk.feeds, ...read });
        vectors.forEach((nameOf, k) => addParameters(network, outputs, sums[k]!, nameOf));
        onChunk?.(chunk, outputs);
      }
      return sums;
    },
  };
}

import type { Dataset } from "../data/dataset.ts";
import { splitParameters } from "../networks/flat.ts";
import type { Network } from "../networks/network.ts";
import { checkFit, checkPoint } from "./check_fit.ts";
import { chunksOf } from "./chunks.ts";
import { batchOf, chunkOf, lossProgram } from "./classifier_program.ts";
import { collectMoments, momentsProgram, type NormMoments, pooledMoments } from "./norm_moments.ts";
import type { ObjectiveOptions } from "./objective_of.ts";

/**
 * Moments of the whole data set at x, for `objectiveOf(…, { moments })`: batch normalisation that
 * depends neither on the chunk nor on where around x the objective is evaluated.
 *
 * They are pooled over chunks, as those of stochastic weight averaging are (Izmailov et al. 2018,
 * §3.2), and so depend on the chunk as far as the layers before are normalised by it.
 *
 * @example
 * ```ts
 * import { recomputedMoments } from "./recomputed_moments.ts";
 * import { referenceEngine } from "../engine/reference/engine.ts";
 * import { initialPoint } from "../networks/initial_point.ts";
 * import { dense } from "../networks/layers/dense.ts";
 * import { norm } from "../networks/layers/norm.ts";
 * import { stack } from "../networks/network.ts";
 * import assert from "node:assert/strict";
 *
 * const net = stack("standardised", [1], [norm(), dense(2)]);
 * const dataset = {
 *   name: "four numbers",
 *   count: 4,
 *   classes: 2,
 *   featureShape: [1],
 *   features: Float32Array.of(1, 3, 5, 7),
 *   labels: Int32Array.of(0, 0, 1, 1),
 * };
 * const engine = referenceEngine();
 * const { norm1 } = await recomputedMoments(net, dataset, initialPoint(net, 1), { engine });
 * assert.deepEqual([...norm1!.mean, ...norm1!.variance], [4, 5]);
 * ```
 *
 * @throws {TypeError} If the data set or x does not fit the network.
 * @throws {RangeError} If `evaluationBatch` is not a positive integer, or x is not finite.
 */
export async function recomputedMoments(
  network: Network,
  dataset: Dataset,
  x: Float64Array,
  { engine, evaluationBatch = 5000 }: Pick<ObjectiveOptions, "engine" | "evaluationBatch">,
): Promise<NormMoments> {
  checkFit(network, dataset, evaluationBatch);
  checkPoint(network, x);
  const chunks = chunksOf(network, dataset, evaluationBatch);
  const variables = network.variables();
  const programs = [...new Set(chunks.map(({ size }) => size))].map((size) => {
    const { collected, onBatchNorm } = collectMoments();
    const chunk = chunkOf(network, variables, batchOf(network, size), { onBatchNorm });
    // The losses, so that the program has all the network's variables.
    return { ...lossProgram(chunk, size), ...momentsProgram(collected, size) };
  });
  await using session = await engine.load(Object.assign({}, ...programs));
  await session.assign(splitParameters(network, x));
  return await pooledMoments(session, network, chunks);
}

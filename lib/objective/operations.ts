import { expandComposites } from "../graph/expand.ts";
import { multiplyAdds } from "../graph/multiply_adds.ts";
import type { Network } from "../networks/network.ts";
import {
  batchOf,
  chunkOf,
  gradientOf,
  hessianName,
  hessianProgram,
  tangentsFor,
} from "./classifier_program.ts";

/** Multiply-adds for one example, of matrix products and convolutions alone. */
export interface Operations {
  /** Of f. */
  readonly loss: number;
  /** Of f and ∇f. */
  readonly gradient: number;
  /** Of one product Hv. */
  readonly hessian: number;
}

/**
 * Counts what f, ∇f and Hv cost of a network, from the graphs that compute them.
 *
 * @example A gradient is two products more for each layer, but for the first one's input
 * ```ts
 * import { operationsOf } from "./operations.ts";
 * import { network } from "../networks/zoo.ts";
 * import assert from "node:assert/strict";
 *
 * const { loss, gradient } = operationsOf(network("F1"));
 * assert.equal(gradient, 3 * loss - 784 * 512);
 * ```
 */
export function operationsOf(network: Network): Operations {
  const variables = network.variables();
  const chunk = chunkOf(network, variables, batchOf(network, 1));
  const program = hessianProgram(chunk, variables, [tangentsFor(variables)], 1);
  const products = Object.values(program[hessianName(1, 1)]!.outputs);
  return {
    loss: multiplyAdds([chunk.losses]),
    gradient: multiplyAdds(gradientOf(chunk, variables)),
    hessian: multiplyAdds(expandComposites(products)),
  };
}

import { sizeOf } from "../graph/shape.ts";
import type { Network } from "./network.ts";

/** One tensor of a network within the flat vector x, as a set of filters. */
export interface NetworkFilters {
  /** Index of its first entry in x. */
  readonly offset: number;
  /** Its number of entries. */
  readonly size: number;
  /** Its number of filters, the length of its last axis; 0 for biases and parameters of norms. */
  readonly filters: number;
}

/**
 * The filters of a network: of a kernel `[…, outputs]` one for each output, of vectors none.
 *
 * @example
 * ```ts
 * import { filterBlocks } from "./filter_blocks.ts";
 * import { network } from "./zoo.ts";
 * import assert from "node:assert/strict";
 *
 * const [kernel, bias] = filterBlocks(network("F1"));
 * assert.deepEqual([kernel!.filters, bias!.filters], [512, 0]);
 * ```
 */
export function filterBlocks({ parameters }: Pick<Network, "parameters">): NetworkFilters[] {
  return parameters.map(({ shape, offset }) => ({
    offset,
    size: sizeOf(shape),
    filters: shape.length > 1 ? shape.at(-1)! : 0,
  }));
}

import { activation } from "./layers/activation.ts";
import { dense } from "./layers/dense.ts";
import { norm } from "./layers/norm.ts";
import { type Network, stack } from "./network.ts";
import type { Layer } from "./layer.ts";

/** `depth` times dense 512, batch norm, ReLU, and dense logits on top. */
function fullyConnected(depth: number, classes: number): Layer[] {
  const hidden = Array.from({ length: depth }, () => [dense(512), norm(), activation("relu")]);
  return [...hidden.flat(), dense(classes)];
}

/** A network of the paper. */
export type NetworkName = "F1" | "F2";

/** The paper's networks by name (its table 1 and appendix B). */
const ZOO: Readonly<Record<NetworkName, () => Network>> = {
  /** 784 → 5 × 512 → 10 on MNIST. */
  F1: () => stack("F1", [28, 28, 1], fullyConnected(5, 10)),
  /** 360 → 7 × 512 → 1973 on TIMIT. */
  F2: () => stack("F2", [360], fullyConnected(7, 1973)),
};

/** The names that {@link network} knows. */
export const NETWORK_NAMES: readonly NetworkName[] = Object.keys(ZOO) as NetworkName[];

/**
 * Builds a network of the paper.
 *
 * @example
 * ```ts
 * import { network } from "./zoo.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(network("F1").dimension, 1_462_794);
 * ```
 *
 * @throws {RangeError} If there is no network of that name.
 */
export function network(name: NetworkName): Network {
  const make = Object.hasOwn(ZOO, name) ? ZOO[name] : undefined;
  if (!make) {
    throw new RangeError(
      `Cannot find a network named "${name}"; there are ${NETWORK_NAMES.join(", ")}`,
    );
  }
  return make();
}

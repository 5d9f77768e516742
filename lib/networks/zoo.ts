import { activation } from "./layers/activation.ts";
import { conv } from "./layers/conv.ts";
import { dense } from "./layers/dense.ts";
import { dropout } from "./layers/dropout.ts";
import { norm, type Normalisation } from "./layers/norm.ts";
import { pool } from "./layers/pool.ts";
import { type Network, stack } from "./network.ts";
import type { Layer } from "./layer.ts";

/** A network of the paper. */
export type NetworkName = "F1" | "F2" | "C1" | "C2" | "C3" | "C4";

/** Variants of the paper's networks. */
export interface NetworkOptions {
  /** What the hidden layers are standardised over; default `batch`, as in the paper. */
  readonly normalisation?: Normalisation;
  /**
   * Of C1 and C3: convolutions with stride 2, as in the paper's text (B.3), instead of 1, as in its
   * authors' code.
   */
  readonly strided?: boolean;
  /** Of F1 and F2: the sizes of other data than the paper's; the hidden layers stay as they are. */
  readonly sizes?: DataSizes | undefined;
  /** What normalisation adds to the variance; default 1e-3, Keras 1's. PyTorch's is 1e-5. */
  readonly normEpsilon?: number;
}

/** What data ask of the first layer and of the last. */
export interface DataSizes {
  /** Features of an example. */
  readonly inputs: number;
  /** Classes that it can be of. */
  readonly classes: number;
}

/** What all the paper's networks put between a linear map and its ReLU. */
type Hidden = (...linear: Layer[]) => Layer[];

/** `depth` times dense 512, batch norm, ReLU, and dense logits on top. */
function fullyConnected(hidden: Hidden, depth: number, classes: number): Layer[] {
  return [...Array.from({ length: depth }, () => hidden(dense(512))).flat(), dense(classes)];
}

/** `shallownet` of the authors' code: a small AlexNet. */
function shallow(hidden: Hidden, stride: 1 | 2, classes: number): Layer[] {
  const block = [...hidden(conv(64, 5, { stride })), pool(3, { stride: 2 })];
  const top = [384, 192].flatMap((units) => [...hidden(dense(units)), dropout(0.5)]);
  return [...block, ...block, ...top, dense(classes)];
}

/** Filters and dropout rate of each 3×3 convolution of {@link deep}, block by block. */
const DEEP_BLOCKS: readonly (readonly (readonly [filters: number, rate: number])[])[] = [
  [[64, 0.3], [64, 0]],
  [[128, 0.4], [128, 0]],
  [[256, 0.4], [256, 0.4], [256, 0]],
  [[512, 0.4], [512, 0.4], [512, 0]],
  [[512, 0.4], [512, 0.4], [512, 0]],
];

/** `deepnet` of the authors' code: a small VGG. */
function deep(hidden: Hidden, classes: number): Layer[] {
  const blocks = DEEP_BLOCKS.flatMap((block) => [
    ...block.flatMap(([filters, rate]) => [...hidden(conv(filters, 3)), dropout(rate)]),
    pool(2),
  ]);
  return [...blocks, dropout(0.5), ...hidden(dense(512)), dropout(0.5), dense(classes)];
}

const IMAGE = [32, 32, 3];

/** Input shape and layers. */
type Plan = [number[], Layer[]];

/** The paper's networks by name (its table 1 and appendix B). */
const ZOO: Readonly<
  Record<NetworkName, (hidden: Hidden, stride: 1 | 2, sizes?: DataSizes) => Plan>
> = {
  /** 784 → 5 × 512 → 10 on MNIST. */
  F1: (hidden, _, sizes) => [
    sizes ? [sizes.inputs] : [28, 28, 1],
    fullyConnected(hidden, 5, sizes?.classes ?? 10),
  ],
  /** 360 → 7 × 512 → 1973 on TIMIT. */
  F2: (hidden, _, { inputs, classes } = { inputs: 360, classes: 1973 }) => [
    [inputs],
    fullyConnected(hidden, 7, classes),
  ],
  /** 2 × (conv 64 5×5, pool 3×3/2) → 384 → 192 → 10 on CIFAR-10. */
  C1: (hidden, stride) => [IMAGE, shallow(hidden, stride, 10)],
  /** 2×64, 2×128, 3×256, 3×512, 3×512, each 3×3 and then pool 2×2 → 512 → 10 on CIFAR-10. */
  C2: (hidden) => [IMAGE, deep(hidden, 10)],
  /** C1 on CIFAR-100. */
  C3: (hidden, stride) => [IMAGE, shallow(hidden, stride, 100)],
  /** C2 on CIFAR-100. */
  C4: (hidden) => [IMAGE, deep(hidden, 100)],
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
 * assert.deepEqual(
 *   network("C1").parameters.slice(0, 2).map(({ name, shape }) => `${name} [${shape}]`),
 *   ["conv1/kernel [5,5,3,64]", "conv1/bias [64]"],
 * );
 * ```
 *
 * @throws {RangeError} If there is no network of that name, or it has no such variant.
 */
export function network(name: NetworkName, options: NetworkOptions = {}): Network {
  const make = Object.hasOwn(ZOO, name) ? ZOO[name] : undefined;
  if (!make) {
    throw new RangeError(
      `Cannot find a network named "${name}"; there are ${NETWORK_NAMES.join(", ")}`,
    );
  }
  const { normalisation = "batch", strided = false, sizes, normEpsilon } = options;
  if (strided && name !== "C1" && name !== "C3") {
    throw new RangeError(`Cannot stride the convolutions of ${name}; only C1 and C3 vary in it`);
  }
  if (sizes && name !== "F1" && name !== "F2") {
    throw new RangeError(`Cannot change the sizes of ${name}; only F1 and F2 vary in them`);
  }
  if (sizes && !(Number.isInteger(sizes.inputs) && sizes.inputs > 0)) {
    throw new RangeError(`Cannot give ${name} ${sizes.inputs} inputs; want a positive integer`);
  }
  const hidden: Hidden = (...linear) => [
    ...linear,
    norm(normalisation, normEpsilon),
    activation("relu"),
  ];
  const [inputShape, layers] = make(hidden, strided ? 2 : 1, sizes);
  return stack(name, inputShape, layers);
}

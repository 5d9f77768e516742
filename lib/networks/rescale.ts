import { sizeOf } from "../graph/shape.ts";
import type { Network } from "./network.ts";

/** Layers with h(αu) = αh(u) for α > 0, so that a factor passes through them. */
const HOMOGENEOUS: ReadonlySet<string> = new Set(["relu", "pool", "dropout"]);

/**
 * Multiplies the output of a hidden layer by α, and divides the kernel that reads it by α. That
 * leaves the network's function as it is, and so f: h(αu) = αh(u) for ReLU and max pooling.
 *
 * The factor goes to the last parameters before the ReLU: kernel and bias, or γ and β where a
 * normalisation follows, which would undo a factor before it. In exact arithmetic f is unchanged; α =
 * 2ᵏ is exact in floating point too. With D the diagonal of the factors, gradient and Hessian
 * become D⁻¹∇f and D⁻¹HD⁻¹. So every measure that takes weights for lengths changes, up to any
 * value whatever; the adaptive ones do not. That is why a sharpness says nothing without its scale.
 *
 * - Source: Dinh et al. 2017, "Sharp minima can generalize for deep nets", the α-scale
 *   transformation.
 * - Cost: a copy of x.
 *
 * @example Another point, the same function
 * ```ts
 * import { activation } from "./layers/activation.ts";
 * import { dense } from "./layers/dense.ts";
 * import { stack } from "./network.ts";
 * import { rescaleLayer } from "./rescale.ts";
 * import assert from "node:assert/strict";
 *
 * const net = stack("small", [1], [dense(1), activation("relu"), dense(2)]);
 * // dense1: kernel 1, bias 3; dense2: kernel 4 and 8, biases 5 and 6.
 * const rescaled = rescaleLayer(net, Float64Array.of(1, 3, 4, 8, 5, 6), "dense1", 2);
 * assert.deepEqual([...rescaled], [2, 6, 2, 4, 5, 6]);
 * ```
 *
 * @param x Shape [n]; left unchanged.
 * @param layer A name of {@link rescalableLayers}.
 * @param alpha α, positive.
 * @throws {TypeError} If x has not the network's dimension.
 * @throws {RangeError} If α is not positive and finite, or the layer cannot be rescaled.
 */
export function rescaleLayer(
  network: Network,
  x: Float64Array,
  layer: string,
  alpha: number,
): Float64Array {
  if (x.length !== network.dimension) {
    throw new TypeError(
      `Cannot rescale ${x.length} entries as parameters of ${network.name}; ` +
        `want ${network.dimension}`,
    );
  }
  if (!(alpha > 0 && alpha < Infinity)) {
    throw new RangeError(
      `Cannot rescale ${layer} by ${alpha}; give a positive finite factor, since ReLU has no other`,
    );
  }
  const pair = rescalablePairs(network).find(({ name }) => name === layer);
  if (!pair) {
    throw new RangeError(
      `Cannot rescale "${layer}" of ${network.name}; there ` +
        (rescalableLayers(network).length > 0
          ? `can be ${rescalableLayers(network).join(", ")}`
          : "is no layer whose output passes through ReLU to another kernel"),
    );
  }
  const rescaled = x.slice();
  for (const [names, factor] of [[pair.scaled, alpha], [[pair.reader], 1 / alpha]] as const) {
    for (const { name, shape, offset } of network.parameters) {
      if (!names.includes(name)) continue;
      const end = offset + sizeOf(shape);
      for (let i = offset; i < end; i++) rescaled[i]! *= factor;
    }
  }
  return rescaled;
}

/** Names of the linear layers that {@link rescaleLayer} can rescale. */
export function rescalableLayers(network: Network): string[] {
  return rescalablePairs(network).map(({ name }) => name);
}

interface RescalablePair {
  /** The linear layer whose output is rescaled. */
  readonly name: string;
  /** Parameters that are multiplied. */
  readonly scaled: readonly string[];
  /** Kernel that is divided. */
  readonly reader: string;
}

function rescalablePairs({ layers, parameters }: Network): RescalablePair[] {
  const known = new Set(parameters.map(({ name }) => name));
  const isLinear = (name: string) => known.has(`${name}/kernel`);
  const isNorm = (name: string) => known.has(`${name}/gamma`);
  return layers.flatMap(({ name }, i) => {
    if (!isLinear(name)) return [];
    const next = layers.findIndex((layer, j) => j > i && isLinear(layer.name));
    if (next < 0) return [];
    const between = layers.slice(i + 1, next);
    const norm = between.findLast((layer) => isNorm(layer.name));
    const after = norm ? between.slice(between.indexOf(norm) + 1) : between;
    if (!after.every(({ kind }) => HOMOGENEOUS.has(kind))) return [];
    const scaled = norm
      ? [`${norm.name}/gamma`, `${norm.name}/beta`]
      : [`${name}/kernel`, `${name}/bias`];
    return [{ name, scaled, reader: `${layers[next]!.name}/kernel` }];
  });
}

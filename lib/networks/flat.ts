import { sizeOf } from "../graph/shape.ts";
import type { Network } from "./network.ts";

/**
 * Cuts the flat vector x into the network's named parameters; an engine rounds them to its own precision.
 *
 * @param x Length n.
 * @returns New arrays, by parameter name.
 * @throws {TypeError} If x has another length.
 */
export function splitParameters(network: Network, x: Float64Array): Record<string, Float64Array> {
  if (x.length !== network.dimension) {
    throw new TypeError(
      `Cannot use a vector of ${x.length} entries as the parameters of ${network.name}; ` +
        `want ${network.dimension}`,
    );
  }
  return Object.fromEntries(
    network.parameters.map(({ name, shape, offset }) => [
      name,
      x.slice(offset, offset + sizeOf(shape)),
    ]),
  );
}

/**
 * Adds named parameter-shaped arrays into the flat vector `target`.
 *
 * @param nameOf Name in `parts` of a parameter's array, default the parameter's own.
 */
export function addParameters(
  network: Network,
  parts: Readonly<Record<string, ArrayLike<number>>>,
  target: Float64Array,
  nameOf: (parameter: string) => string = (parameter) => parameter,
): void {
  for (const { name, offset } of network.parameters) {
    const part = parts[nameOf(name)]!;
    for (let i = 0; i < part.length; i++) target[offset + i]! += part[i]!;
  }
}

/** Joins named parameters into a new flat vector x. */
export function joinParameters(
  network: Network,
  parts: Readonly<Record<string, ArrayLike<number>>>,
): Float64Array {
  const x = new Float64Array(network.dimension);
  for (const { name, shape, offset } of network.parameters) {
    const part = parts[name];
    if (part?.length !== sizeOf(shape)) {
      throw new TypeError(
        `Cannot read ${name} of ${network.name}: got ${part?.length ?? "no"} entries, ` +
          `want ${sizeOf(shape)}`,
      );
    }
    x.set(part, offset);
  }
  return x;
}

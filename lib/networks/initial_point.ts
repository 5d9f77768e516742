import { type Shape, sizeOf } from "../graph/shape.ts";
import { stream } from "../random/stream.ts";
import type { Network } from "./network.ts";

/**
 * Draws x₀: kernels Glorot-uniform, U(−r, r) with r = √(6/(fan-in + fan-out)) (Glorot & Bengio
 * 2010, eq. 16), biases and β zero, γ one.
 *
 * Each parameter has a random stream of its own, named by the seed and the parameter, so that a
 * change to one layer leaves the others' draws alone.
 *
 * @param seed Names the trial: SB and LB of a trial start from the same point.
 * @returns x₀, length n; every entry is a float32.
 */
export function initialPoint(network: Network, seed: number): Float64Array {
  const x = new Float64Array(network.dimension);
  for (const { name, shape, offset, initialiser } of network.parameters) {
    const part = x.subarray(offset, offset + sizeOf(shape));
    if (initialiser === "ones") part.fill(1);
    if (initialiser !== "glorot-uniform") continue;
    const { fanIn, fanOut } = fans(shape);
    const radius = Math.sqrt(6 / (fanIn + fanOut));
    stream(seed, "initial point", network.name, name).fillUniform(part, 0);
    for (let i = 0; i < part.length; i++) part[i] = Math.fround(radius * (2 * part[i]! - 1));
  }
  return x;
}

/** Inputs and outputs of one unit: the last two extents times the receptive field before them. */
function fans(shape: Shape): { fanIn: number; fanOut: number } {
  const field = sizeOf(shape.slice(0, -2));
  return { fanIn: field * shape.at(-2)!, fanOut: field * shape.at(-1)! };
}

import type { Shape } from "../graph/shape.ts";

/** How a parameter is drawn before training. */
export type Initialiser = "glorot-uniform" | "zeros" | "ones";

/** One trainable tensor of a network, and its place in the flat vector x. */
export interface Parameter {
  /** For instance `dense1/kernel` or `norm1/gamma`. */
  readonly name: string;
  /** Extents, the outermost first. */
  readonly shape: Shape;
  /** Index of its first entry in x; entries follow in row-major order. */
  readonly offset: number;
  /** How x₀ is drawn. */
  readonly initialiser: Initialiser;
}

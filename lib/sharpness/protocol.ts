/** Where the maximiser starts. b are the half-widths of the box. */
export type MaximiserStart =
  /** y₀ = b ∘ sign ∇f: the maximiser of the linearised loss. */
  | "vertex"
  /** y₀ = 0, the literal reading of the paper. */
  | "origin"
  /** Uniform in the box. */
  | "random"
  /** A random vertex of the box. */
  | "corner";

/** A named way to search for the largest loss in the box. */
export interface Protocol {
  /** Starts in their order; the best result counts. */
  readonly starts: readonly MaximiserStart[];
  /** Iterations of L-BFGS-B from each start. */
  readonly maxIterations: number;
}

/**
 * - `paper`: the vertex of the linearised loss and the paper's 10 iterations. From the origin the
 *   literal procedure sees nothing at a well-trained minimum, where the gradient is ~1e-6; from the
 *   vertex its 10 iterations give the paper's magnitudes.
 * - `literal`: the origin, 10 iterations.
 * - `robust`: the best of the vertex, the origin, and random starts, 100 iterations each.
 */
export type ProtocolName = "paper" | "literal" | "robust";

/** The protocol of a name, with `restarts` random starts of either kind where it has any. */
export function protocolOf(name: ProtocolName, restarts: number): Protocol {
  if (name === "paper") return { starts: ["vertex"], maxIterations: 10 };
  if (name === "literal") return { starts: ["origin"], maxIterations: 10 };
  const random = Array.from({ length: restarts }, () => ["random", "corner"] as const).flat();
  return { starts: ["vertex", "origin", ...random], maxIterations: 100 };
}

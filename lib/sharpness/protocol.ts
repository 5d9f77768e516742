/** Where the maximiser starts. b are the half-widths of the box. */
export type MaximiserStart =
  /** y₀ = b ∘ sign(Aᵀ∇f(x)): the maximiser of the linearised loss. */
  | "vertex"
  /** y₀ = 0, the literal reading of the paper. */
  | "origin"
  /** Uniform in the box. */
  | "random"
  /** A random vertex of the box. */
  | "corner";

/**
 * A named way to look for the largest loss in the box.
 *
 * - `paper`: the paper's 10 iterations. In full space from the vertex of the linearised loss: from
 *   the origin the literal procedure sees nothing at a well-trained minimum, where the gradient is
 *   ~1e-6, and from the vertex it gives the paper's magnitudes. In a subspace from the origin,
 *   where the literal procedure does converge; the vertex is often a local maximum there, and in
 *   most runs of F1 a lower one (p = 100, ε = 1e-3, small batch: 0.076 % against 0.086 %).
 * - `literal`: the origin, 10 iterations.
 * - `robust`: the vertex, the origin and random starts of both kinds, 100 iterations each.
 */
export type ProtocolName = "paper" | "literal" | "robust";

/** What a protocol's name stands for. */
export interface Protocol {
  /** One run of the maximiser from each; the largest loss counts. */
  readonly starts: readonly MaximiserStart[];
  /** Most iterations of L-BFGS-B from each start. */
  readonly maxIterations: number;
}

/** What a caller may say instead of what the protocol says. */
export interface ProtocolChoice {
  readonly protocol: ProtocolName;
  /** Whether A has fewer columns than rows. */
  readonly inSubspace: boolean;
  /** One kind of start instead of the protocol's. */
  readonly start?: MaximiserStart | undefined;
  /** Random starts of each kind: 2 for `robust`, and 1 where `start` is such a kind. */
  readonly restarts?: number | undefined;
  readonly maxIterations?: number | undefined;
}

/**
 * The starts and the budget of a choice.
 *
 * @throws {RangeError} If `restarts` or `maxIterations` is not a whole number from 1.
 *
 * @example
 * ```ts
 * import { protocolOf } from "./protocol.ts";
 * import assert from "node:assert/strict";
 *
 * const { starts, maxIterations } = protocolOf({ protocol: "paper", inSubspace: false });
 * assert.deepEqual(starts, ["vertex"]);
 * assert.equal(maxIterations, 10);
 * ```
 */
export function protocolOf(choice: ProtocolChoice): Protocol {
  const { protocol, inSubspace, start, restarts } = choice;
  const { maxIterations = protocol === "robust" ? 100 : 10 } = choice;
  for (const [name, count] of Object.entries({ restarts, maxIterations })) {
    if (count === undefined || Number.isInteger(count) && count >= 1) continue;
    throw new RangeError(`Cannot maximise with ${name} = ${count}; give a whole number from 1`);
  }
  if (start) {
    const copies = start === "random" || start === "corner" ? restarts ?? 1 : 1;
    return { starts: Array(copies).fill(start), maxIterations };
  }
  switch (protocol) {
    case "paper":
      return { starts: [inSubspace ? "origin" : "vertex"], maxIterations };
    case "literal":
      return { starts: ["origin"], maxIterations };
    case "robust": {
      const random = Array.from({ length: restarts ?? 2 }, () => ["random", "corner"] as const);
      return { starts: ["vertex", "origin", ...random.flat()], maxIterations };
    }
  }
}

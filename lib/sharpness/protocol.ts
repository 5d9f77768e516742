/** Where the maximiser starts. b are the half-widths of the box. */
export type MaximiserStart =
  /** y₀ = b ∘ sign(Aᵀ∇f(x)): the maximiser of the linearised loss. */
  | "vertex"
  /** y₀ = 0, the literal reading of the paper. */
  | "origin"
  /** Uniform in the box. */
  | "random"
  /** A random vertex of the box. */
  | "corner"
  /** Where the climb before ended. */
  | "end";

/** Where the first climb of all may start. */
export type FirstStart = Exclude<MaximiserStart, "end">;

/** What climbs the loss: `minimizeInBox` of −f, or `maximizeByPower`. */
export type Maximiser = "L-BFGS-B" | "power method";

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
 * - `converged`: the climb of `paper`, whose value the result keeps, and after it the power method
 *   from the vertex (in a subspace from where L-BFGS-B ended) until its last three steps
 *   together gain no more than 1 % of φ. For the number itself: ten iterations of L-BFGS-B often
 *   end before the climb begins.
 * - `power`: the power method of `converged` alone, from the vertex, for half the price.
 */
export type ProtocolName = typeof PROTOCOLS[number];

/** All of them, the paper's first. */
export const PROTOCOLS = ["paper", "literal", "robust", "converged", "power"] as const;

/** One climb of a protocol. */
export interface PlannedClimb {
  readonly maximiser: Maximiser;
  readonly start: MaximiserStart;
  /** Most iterations; of the power method, each is mostly one evaluation of f. */
  readonly maxIterations: number;
}

/** What a protocol's name stands for. */
export interface Protocol {
  /** In this order; the largest loss counts. */
  readonly climbs: readonly PlannedClimb[];
  /** Most iterations of L-BFGS-B from each start. */
  readonly maxIterations: number;
}

/** Most steps of the power method in `converged`; F1 takes some ten. */
const MOST_POWER_STEPS = 40;

/**
 * Where the power method starts in `converged`. In a subspace the vertex of the linearised loss is a
 * lower local maximum, as a rule, than the point to which L-BFGS-B climbs from the origin.
 */
const POWER_STARTS = {
  full: ["vertex"],
  subspace: ["end"],
} as const satisfies Record<string, readonly MaximiserStart[]>;

/** What a caller may say instead of what the protocol says. */
export interface ProtocolChoice {
  readonly protocol: ProtocolName;
  /** Whether A has fewer columns than rows. */
  readonly inSubspace: boolean;
  /** One kind of start instead of the protocol's. */
  readonly start?: FirstStart | undefined;
  /** Random starts of each kind: 2 for `robust`, and 1 where `start` is such a kind. */
  readonly restarts?: number | undefined;
  readonly maxIterations?: number | undefined;
}

/**
 * The climbs of a choice.
 *
 * @throws {RangeError} If `restarts` or `maxIterations` is not a whole number from 1.
 *
 * @example
 * ```ts
 * import { protocolOf } from "./protocol.ts";
 * import assert from "node:assert/strict";
 *
 * const { climbs } = protocolOf({ protocol: "paper", inSubspace: false });
 * assert.deepEqual(climbs, [{ maximiser: "L-BFGS-B", start: "vertex", maxIterations: 10 }]);
 * ```
 */
export function protocolOf(choice: ProtocolChoice): Protocol {
  const { protocol, inSubspace, start, restarts } = choice;
  const { maxIterations = protocol === "robust" ? 100 : 10 } = choice;
  for (const [name, count] of Object.entries({ restarts, maxIterations })) {
    if (count === undefined || Number.isInteger(count) && count >= 1) continue;
    throw new RangeError(`Cannot maximise with ${name} = ${count}; give a whole number from 1`);
  }
  const byGradients = (starts: readonly FirstStart[]) =>
    starts.map((start) => ({ maximiser: "L-BFGS-B", start, maxIterations }) as const);
  const copies = start === "random" || start === "corner" ? restarts ?? 1 : 1;
  if (protocol === "power" && !start) {
    return { climbs: [powerFrom("vertex")], maxIterations: MOST_POWER_STEPS };
  }
  const climbs = byGradients(start ? Array(copies).fill(start) : startsOf(choice));
  if (protocol !== "converged") return { climbs, maxIterations };
  const byPower = POWER_STARTS[inSubspace ? "subspace" : "full"].map(powerFrom);
  return { climbs: [...climbs, ...byPower], maxIterations };
}

function powerFrom(start: MaximiserStart): PlannedClimb {
  return { maximiser: "power method", start, maxIterations: MOST_POWER_STEPS };
}

function startsOf({ protocol, inSubspace, restarts = 2 }: ProtocolChoice): FirstStart[] {
  switch (protocol) {
    case "paper":
    case "power":
    case "converged":
      return [inSubspace ? "origin" : "vertex"];
    case "literal":
      return ["origin"];
    case "robust": {
      const random = Array.from({ length: restarts }, () => ["random", "corner"] as const);
      return ["vertex", "origin", ...random.flat()];
    }
  }
}

/** Steps that the power method takes as a rule until it has converged, of F1, by its start. */
const USUAL_POWER_STEPS = { end: 2, vertex: 12 } as const;

/** Evaluations of f and ∇f that the climbs of a protocol take as a rule. */
export function evaluationsOf({ climbs }: Pick<Protocol, "climbs">): number {
  return climbs.reduce(
    (sum, { maximiser, start, maxIterations }) =>
      sum +
      (maximiser === "power method"
        ? USUAL_POWER_STEPS[start === "end" ? "end" : "vertex"]
        : maxIterations + 1),
    0,
  );
}

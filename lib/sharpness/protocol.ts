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
  | "end"
  /** The end of a search on samples of the examples, of which f has chosen; see `searchOnSamples`. */
  | "samples";

/** Where the first climb of all may start. */
export type FirstStart = Exclude<MaximiserStart, "end" | "samples">;

/** What climbs the loss: `minimizeInBox` of −f, or `maximizeByPower`. */
export type Maximiser = "L-BFGS-B" | "power method";

/**
 * A named way to look for the largest loss in the box.
 *
 * - `paper`: the paper's 10 iterations. In full space from the vertex of the linearised loss, which
 *   gives the paper's magnitudes. From the origin the literal procedure sees nothing at a
 *   well-trained minimum, where the gradient is ~1e-6. In a subspace from the origin, where the
 *   literal procedure does converge. The vertex is often a local maximum there, and in most runs of
 *   F1 a lower one (p = 100, ε = 1e-3, small batch: 0.076 % against 0.086 %).
 * - `literal`: the origin, 10 iterations.
 * - `robust`: the vertex, the origin and random starts of both kinds, 100 iterations each.
 * - `converged`: the climb of `paper`, whose value the result keeps, and after it the power method,
 *   until three steps together gain no more than 1 % of φ. In full space it begins where a search on
 *   samples of the examples has led. An objective without samples has two climbs in full space, from
 *   L-BFGS-B's end and from the vertex. In a subspace it begins where L-BFGS-B ended. For the number
 *   itself: ten iterations of L-BFGS-B often end before the climb begins. Its line searches end where
 *   float32's rounding of f leaves no more to gain.
 * - `power`: the power method alone and once, from there, or from the vertex, for less than half of
 *   the price.
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
  /** Evaluations of f and ∇f that it takes as a rule, for forecasts. */
  readonly usualEvaluations: number;
}

/** What a protocol's name stands for. */
export interface Protocol {
  /** In this order; the largest loss counts. */
  readonly climbs: readonly PlannedClimb[];
  /** Most iterations of the first climb. */
  readonly maxIterations: number;
}

/** Most steps of the power method; F1 takes some ten. */
const MOST_POWER_STEPS = 40;

/** Most iterations of the climbs of a protocol that its own starts begin. */
const MOST_ITERATIONS = {
  paper: 10,
  literal: 10,
  robust: 100,
  converged: 10,
  power: MOST_POWER_STEPS,
} as const satisfies Record<ProtocolName, number>;

/**
 * Where the power method starts in `converged`, with the evaluations that F1 takes as a rule. In a
 * subspace the vertex of the linearised loss is a lower local maximum, as a rule, than the point to
 * which L-BFGS-B climbs from the origin.
 */
const POWER_STARTS = {
  sampled: [["samples", 8]],
  full: [["end", 15], ["vertex", 15]],
  subspace: [["end", 1]],
} as const satisfies Record<string, readonly (readonly [MaximiserStart, number])[]>;

/** Of a search, on each sample as a rule: of the start, of nine steps, and eight losses, half each. */
const USUAL_SEARCH_EVALUATIONS = 14;

/** And of f: the step from the end that is left. */
const USUAL_FINAL_EVALUATIONS = 2;

/** What a caller may say instead of what the protocol says. */
export interface ProtocolChoice {
  readonly protocol: ProtocolName;
  /** Whether A has fewer columns than rows. */
  readonly inSubspace: boolean;
  /** Whether f can be had over samples of its examples; default no. */
  readonly hasSamples?: boolean | undefined;
  /** One kind of start instead of the protocol's. */
  readonly start?: FirstStart | undefined;
  /** Random starts of each kind: 2 for `robust`, and 1 where `start` is such a kind. */
  readonly restarts?: number | undefined;
  /** Of L-BFGS-B, and of the power method where that is all the protocol has. */
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
 * const { climbs } = protocolOf({ protocol: "converged", inSubspace: false, hasSamples: true });
 * assert.deepEqual(climbs.map(({ maximiser, start }) => `${maximiser} from the ${start}`), [
 *   "L-BFGS-B from the vertex",
 *   "power method from the samples",
 * ]);
 * ```
 */
export function protocolOf(choice: ProtocolChoice): Protocol {
  const { protocol, inSubspace, start, restarts } = choice;
  const { maxIterations = MOST_ITERATIONS[protocol] } = choice;
  for (const [name, count] of Object.entries({ restarts, maxIterations })) {
    if (count === undefined || Number.isInteger(count) && count >= 1) continue;
    throw new RangeError(`Cannot maximise with ${name} = ${count}; give a whole number from 1`);
  }
  const copies = start === "random" || start === "corner" ? restarts ?? 1 : 1;
  const starts = start ? Array<FirstStart>(copies).fill(start) : startsOf(choice);
  const isSampled = choice.hasSamples === true && !inSubspace;
  if (protocol === "power") {
    const climbs = isSampled && !start
      ? [powerFrom("samples", 8, maxIterations)]
      : starts.map((start) => powerFrom(start, 15, maxIterations));
    return { climbs, maxIterations };
  }
  const climbs = starts.map((start): PlannedClimb => {
    // At the origin f is known.
    const usualEvaluations = maxIterations + (start === "origin" ? 0 : 1);
    return { maximiser: "L-BFGS-B", start, maxIterations, usualEvaluations };
  });
  if (protocol !== "converged") return { climbs, maxIterations };
  const space = inSubspace ? "subspace" : isSampled ? "sampled" : "full";
  const byPower = POWER_STARTS[space].map(([start, usual]) =>
    powerFrom(start, usual, MOST_POWER_STEPS)
  );
  return { climbs: [...climbs, ...byPower], maxIterations };
}

function powerFrom(start: MaximiserStart, usual: number, maxIterations: number): PlannedClimb {
  const usualEvaluations = Math.min(usual, maxIterations + 1);
  return { maximiser: "power method", start, maxIterations, usualEvaluations };
}

function startsOf({ protocol, inSubspace, restarts = 2 }: ProtocolChoice): FirstStart[] {
  switch (protocol) {
    case "paper":
    case "converged":
      return [inSubspace ? "origin" : "vertex"];
    case "power":
      return ["vertex"];
    case "literal":
      return ["origin"];
    case "robust": {
      const random = Array.from({ length: restarts }, () => ["random", "corner"] as const);
      return ["vertex", "origin", ...random.flat()];
    }
  }
}

/**
 * Evaluations of f and ∇f that a protocol takes as a rule.
 *
 * @param shares Of the samples of f, if it has some; a search on them counts by their shares.
 */
export function evaluationsOf(
  { climbs }: Pick<Protocol, "climbs">,
  shares: readonly number[] = [],
): number {
  const search = shares.length > 0 && climbs.some(({ start }) => start === "samples")
    ? USUAL_SEARCH_EVALUATIONS * shares.reduce((sum, share) => sum + share, 0) +
      USUAL_FINAL_EVALUATIONS
    : 0;
  return climbs.reduce((sum, { usualEvaluations }) => sum + usualEvaluations, search);
}

import { evaluationsOf, type Protocol } from "./protocol.ts";

/** How far a measurement is, in the evaluations of f and ∇f that it takes as a rule. */
export interface SharpnessProgress {
  readonly total: number;
  /** After an iteration of a climb. */
  atIteration(run: number, iteration: number): number;
  /** After the climb on a sample. */
  atSample(done: number, samples: number): number;
}

/**
 * The progress of a protocol. It moves on while a search on samples goes on, before the first climb from
 * them.
 *
 * @param shares Of the samples of f, if it has some.
 *
 * @example
 * ```ts
 * import { protocolOf } from "./protocol.ts";
 * import { sharpnessProgress } from "./progress.ts";
 * import assert from "node:assert/strict";
 *
 * const plan = protocolOf({ protocol: "power", inSubspace: false, hasSamples: true });
 * const progress = sharpnessProgress(plan, [1 / 16, 1 / 16]);
 * assert.equal(progress.total, 11.75); // a search like 3.75 evaluations, and a climb of 8
 * assert.equal(progress.atSample(1, 2), 1.875);
 * assert.equal(progress.atIteration(0, 3), 6.75);
 * ```
 */
export function sharpnessProgress(
  { climbs }: Pick<Protocol, "climbs">,
  shares: readonly number[] = [],
): SharpnessProgress {
  const total = evaluationsOf({ climbs }, shares);
  const first = climbs.findIndex(({ start }) => start === "samples");
  const search = total - evaluationsOf({ climbs });
  const before = (run: number) => evaluationsOf({ climbs: climbs.slice(0, run) });
  return {
    total,
    atIteration(run, iteration) {
      const searched = first >= 0 && run >= first ? search : 0;
      return Math.min(total, before(run) + searched + iteration);
    },
    atSample: (done, samples) => before(first) + search * done / samples,
  };
}

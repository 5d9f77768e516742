import { lossAt, lossAtCentre, type LossFunction } from "./loss_at.ts";
import { assertCount, assertPositive } from "./option_checks.ts";
import { type QuantisationGroup, quantise } from "./quantise.ts";

/** How {@link bitsNeeded} measures. */
export interface BitsNeededOptions {
  /** The rise of f that is allowed, in units of f; default 0.1. */
  readonly allowedRise?: number;
  /** Entries that share a range, such as the tensors of a network; default: all of x. */
  readonly groups?: readonly QuantisationGroup[];
  /** Where the search begins, default 16: finer is taken to be as good as exact. */
  readonly mostBits?: number;
  /** Called after each number of bits that was tried. */
  readonly onBits?: (probe: BitsProbe) => void;
}

/** The rise at one number of bits. */
export interface BitsProbe {
  /** Bits for each weight. */
  readonly bits: number;
  /** f(Q_b(x)) − f(x); may be negative. */
  readonly rise: number;
}

/**
 * Why the search for bits ended.
 *
 * - `loss-rose`: one bit fewer raises f by more than is allowed.
 * - `one-bit-suffices`: two levels are enough.
 * - `most-bits-insufficient`: not even `mostBits` are enough.
 */
export type BitsStopReason = "loss-rose" | "one-bit-suffices" | "most-bits-insufficient";

/** Bits for each weight, and what all weights take. */
export interface BitsNeeded {
  /** Least number of bits down to which every number of bits was enough; NaN if none was. */
  readonly bits: number;
  /** Bits for all weights with one float32 step and offset for each group: a description length. */
  readonly descriptionBits: number;
  /** Rise at `bits`; NaN if no number was enough. */
  readonly rise: number;
  /** How far the loss may rise, in its own units. */
  readonly allowedRise: number;
  /** f(x). */
  readonly lossAtMinimiser: number;
  /** Evaluations of f, that at x included. */
  readonly evaluations: number;
  /** Why the search ended. */
  readonly stopReason: BitsStopReason;
  /** All numbers of bits tried, from the most down. */
  readonly probes: readonly BitsProbe[];
}

/** Bits of a group's own description: its offset and step as float32. */
const BITS_OF_RANGE = 64;

/**
 * Bits needed: how few bits for each weight leave f within a stated amount of f(x), when every group
 * of weights is rounded to 2ᵇ equally spaced levels between its least and its largest entry.
 *
 * Flat minima can be written down coarsely: this is the reading of flatness as minimum description
 * length, n · b bits and the ranges. One goes from `mostBits` down and stops at the first failure, since
 * f need not be monotone in b. Rounding moves weights like uniform noise of variance s²/12, s the
 * step, so for a quadratic with trace tr H the rise is about s² tr(H)/24.
 *
 * - Source: Hochreiter and Schmidhuber 1997, "Flat minima", for the idea; the quantiser is the
 *   usual uniform one, not theirs.
 * - Cost: 3 + `mostBits` − b evaluations of f, without gradients where the objective can leave
 *   them out.
 * - Choose `allowedRise` above the rounding of f and below what matters, ln(classes) at most.
 *   Give the tensors of a network as `groups`: one range for all weights wastes bits on small tensors.
 * - It does not tell small differences: one bit is a factor of four in the rise. It is invariant
 *   under rescaling a whole group, so under that of ReLU layers where each group is a tensor, but
 *   not under that of single units. A single outlier widens its group's range for all.
 *
 * @example
 * ```ts
 * import { bitsNeeded } from "./bits_needed.ts";
 * import assert from "node:assert/strict";
 *
 * const x = Float64Array.of(0, 1, 2, 3); // four levels: two bits are exact
 * const cliff = {
 *   dimension: 4,
 *   evaluate: (y: Float64Array) =>
 *     Promise.resolve({
 *       value: y.reduce((sum, yi, i) => sum + Math.abs(yi - x[i]!), 0),
 *       gradient: y.map((yi, i) => Math.sign(yi - x[i]!)),
 *     }),
 * };
 * const { bits, stopReason, descriptionBits } = await bitsNeeded(cliff, x, {
 *   allowedRise: 1,
 *   mostBits: 4,
 * });
 * assert.deepEqual([bits, stopReason, descriptionBits], [2, "loss-rose", 4 * 2 + 64]);
 * ```
 *
 * @param x The minimiser, shape [n]; left unchanged.
 * @throws {TypeError} If x has not the objective's dimension, or the groups do not divide it.
 * @throws {RangeError} If an option is out of range, or f(x) is not finite.
 */
export async function bitsNeeded(
  objective: LossFunction,
  x: Float64Array,
  {
    allowedRise = 0.1,
    groups = [{ offset: 0, length: x.length }],
    mostBits = 16,
    onBits,
  }: BitsNeededOptions = {},
): Promise<BitsNeeded> {
  const measure = "bits needed";
  assertPositive(measure, "allowedRise", allowedRise);
  assertCount(measure, "mostBits", mostBits);
  if (mostBits > 52) {
    throw new RangeError(
      `Cannot measure the ${measure} from ${mostBits} bits; a float64 has 52, give at most those`,
    );
  }
  assertGroups(groups, x.length);
  const lossAtMinimiser = await lossAtCentre(objective, x, measure);
  const probes: BitsProbe[] = [];
  let needed: BitsProbe = { bits: NaN, rise: NaN };
  let stopReason: BitsStopReason = "one-bit-suffices";
  for (let bits = mostBits; bits >= 1; bits--) {
    const rise = await lossAt(objective, quantise(x, groups, bits)) - lossAtMinimiser;
    const probe = { bits, rise };
    probes.push(probe);
    onBits?.(probe);
    if (!(rise <= allowedRise)) {
      stopReason = bits === mostBits ? "most-bits-insufficient" : "loss-rose";
      break;
    }
    needed = probe;
  }
  return {
    ...needed,
    descriptionBits: x.length * needed.bits + groups.length * BITS_OF_RANGE,
    allowedRise,
    lossAtMinimiser,
    evaluations: 1 + probes.length,
    stopReason,
    probes,
  };
}

function assertGroups(groups: readonly QuantisationGroup[], n: number): void {
  let end = 0;
  for (const { offset, length } of groups) {
    if (offset !== end || !(Number.isSafeInteger(length) && length > 0)) end = NaN;
    else end += length;
  }
  if (end === n) return;
  throw new TypeError(
    `Cannot quantise ${n} weights in ${groups.length} groups that do not divide them; ` +
      "give consecutive groups from 0 to the end",
  );
}

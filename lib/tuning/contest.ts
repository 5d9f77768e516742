/** Decides from measured times whether one choice of kernels is faster than another: no clock here. */

/** Rounds in which two choices take turns. */
export const ROUNDS = 9;

/** What a challenger has to stay below: its median time as a multiple of the champion's. */
export const THRESHOLD = 0.95;

/** Times of a challenger as multiples of the champion's, round by round, as far as it came. */
export interface Heat {
  readonly ratios: readonly number[];
  /** Why the challenger could not be measured to the end, if it could not. */
  readonly failure?: string;
}

/** What came of a contest. */
export interface ContestResult<Candidate> {
  readonly champion: Candidate;
  /** In the order in which the challengers came. */
  readonly heats: readonly (Heat & { readonly challenger: Candidate; readonly hasWon: boolean })[];
}

/** Whether no further round can let the challenger win: it has lost one. */
export function isDecided(ratios: readonly number[]): boolean {
  return ratios.length >= ROUNDS || ratios.some((ratio) => !(ratio < 1));
}

/**
 * Whether a challenger has won: all rounds, and by at least 5 % in the median.
 *
 * Without a difference, nine rounds are won by chance once in 2⁹ times, and noise of 3 % a round
 * leaves the median below the threshold in some 1 of 10⁴ cases. A doubt keeps the champion, so that
 * machines of one kind choose alike.
 *
 * @example
 * ```ts
 * import { hasWon } from "./contest.ts";
 * import assert from "node:assert/strict";
 *
 * const steady = [0.9, 0.91, 0.9, 0.89, 0.9, 0.92, 0.9, 0.9, 0.91];
 * assert.equal(hasWon({ ratios: steady }), true);
 * assert.equal(hasWon({ ratios: steady.with(4, 1.02) }), false);
 * ```
 */
export function hasWon({ ratios, failure }: Heat): boolean {
  if (failure !== undefined || ratios.length < ROUNDS) return false;
  return ratios.every((ratio) => ratio < 1) && medianOf(ratios) <= THRESHOLD;
}

/** Median of at least one number. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * Lets challengers meet the champion one after the other; who wins is the champion from then on.
 *
 * @param measure One heat; it may end early where {@link isDecided} says so.
 */
export async function contest<Candidate>(
  first: Candidate,
  challengers: readonly Candidate[],
  measure: (challenger: Candidate, champion: Candidate) => Promise<Heat>,
): Promise<ContestResult<Candidate>> {
  let champion = first;
  const heats: ContestResult<Candidate>["heats"][number][] = [];
  for (const challenger of challengers) {
    const heat = await measure(challenger, champion);
    const won = hasWon(heat);
    if (won) champion = challenger;
    heats.push({ ...heat, challenger, hasWon: won });
  }
  return { champion, heats };
}

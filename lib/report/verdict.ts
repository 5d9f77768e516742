/**
 * `agrees` and `differs`: the direction is, or is not, the paper's, and a 95 % interval over trials
 * excludes the other one. `leans`: the mean has the paper's direction, `leans-away`: the opposite
 * one, and the interval includes both. `even`: there is no difference. `toy`: the training set is too small to say anything.
 */
export type Verdict = "agrees" | "leans" | "even" | "leans-away" | "differs" | "missing" | "toy";

/** Each verdict as a mark that needs no colour, and in words. */
export const VERDICTS: Readonly<Record<Verdict, readonly [mark: string, words: string]>> = {
  agrees: ["✓", "as in the paper"],
  leans: ["≈✓", "leans the paper's way; the trials do not settle it"],
  even: ["≈", "no difference; the trials do not settle it"],
  "leans-away": ["≈✗", "leans the other way; the trials do not settle it"],
  differs: ["✗", "unlike the paper"],
  missing: ["–", "not measured yet"],
  toy: ["·", "toy size: the numbers mean nothing"],
};

/**
 * The verdict on a difference whose sign is the claim: the paper's is positive.
 *
 * @param difference The mean over trials.
 * @param settled The sign that the trials settle, 0 for none. Of logarithms it can be the opposite
 *   one, as few large values can make a mean: then nothing is settled.
 */
export function verdictOf(difference: number, settled: -1 | 0 | 1): Verdict {
  if (difference === 0) return "even";
  if (difference > 0) return settled > 0 ? "agrees" : "leans";
  return settled < 0 ? "differs" : "leans-away";
}

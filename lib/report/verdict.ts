/**
 * `agrees` and `differs`: the direction is, or is not, the paper's, and a 95 % interval over trials
 * excludes the other one. `leans`: the mean has the paper's direction, `leans-away`: the opposite
 * one, and the interval includes both. `toy`: the training set is too small to say anything.
 */
export type Verdict = "agrees" | "leans" | "leans-away" | "differs" | "missing" | "toy";

/** Each verdict as a mark that needs no colour, and in words. */
export const VERDICTS: Readonly<Record<Verdict, readonly [mark: string, words: string]>> = {
  agrees: ["✓", "as in the paper"],
  leans: ["≈✓", "leans the paper's way; the trials do not settle it"],
  "leans-away": ["≈✗", "leans the other way; the trials do not settle it"],
  differs: ["✗", "unlike the paper"],
  missing: ["–", "not measured yet"],
  toy: ["·", "toy size: the numbers mean nothing"],
};

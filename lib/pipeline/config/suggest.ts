/**
 * Damerau–Levenshtein distance: insertions, deletions, substitutions and swaps of neighbours.
 *
 * @example
 * ```ts
 * import { editDistance } from "./suggest.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(editDistance("matirx", "matrix"), 1); // one swap
 * assert.equal(editDistance("", "eps"), 3);
 * ```
 */
export function editDistance(a: string, b: string): number {
  // Optimal string alignment: three rows of the table are enough.
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(row[j - 1]! + 1, above[j]! + 1, substitution);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    [before, above] = [above, row];
  }
  return above[b.length]!;
}

/** The known name nearest to `name`, if it is near enough to be a slip of the pen. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (typeof name !== "string") return undefined; // of a stage's code, which nobody has checked
  const allowed = Math.max(1, Math.min(2, Math.floor(name.length / 2)));
  let best: { name: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= allowed && distance < (best?.distance ?? Infinity)) {
      best = { name: candidate, distance };
    }
  }
  return best?.name;
}

/**
 * The end of a message about an unknown name: the nearest known one, or the list of them.
 *
 * @example
 * ```ts
 * import { didYouMean } from "./suggest.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(didYouMean("esp", ["eps", "space"]), "; did you mean `eps`?");
 * assert.equal(didYouMean("momentum", ["eps", "space"]), "; known are `eps`, `space`");
 * ```
 */
export function didYouMean(name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearest(name, names);
  if (near !== undefined) return `; did you mean \`${near}\`?`;
  if (names.length === 0) return "; there are none";
  const shown = names.slice(0, 12).map((each) => `\`${each}\``).join(", ");
  return `; known are ${shown}${names.length > 12 ? ", …" : ""}`;
}

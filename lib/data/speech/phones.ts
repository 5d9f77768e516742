/** TIMIT's phones and what is customarily folded together. */

/** The 61 symbols of TIMIT's transcriptions. */
export const PHONES: readonly string[] =
  ("iy ih eh ey ae aa aw ay ah ao oy ow uh uw ux er ax ix axr ax-h " +
    "b d g p t k dx q jh ch s sh z zh f th v dh m n ng em en eng nx " +
    "l r w y hh hv el bcl dcl gcl pcl tcl kcl pau epi h#").split(" ");

/** Symbols that scoring does not tell apart, each with the one it is folded into. */
const FOLDED: Readonly<Record<string, string>> = {
  ux: "uw",
  axr: "er",
  ax: "ah",
  "ax-h": "ah",
  ix: "ih",
  ao: "aa",
  em: "m",
  en: "n",
  nx: "n",
  eng: "ng",
  zh: "sh",
  el: "l",
  hv: "hh",
  bcl: "h#",
  dcl: "h#",
  gcl: "h#",
  pcl: "h#",
  tcl: "h#",
  kcl: "h#",
  pau: "h#",
  epi: "h#",
};

/** A set of phones: all 61, or the 39 of Lee and Hon, which have no glottal stop `q`. */
export type PhoneSet = 61 | 39;

/**
 * Number of a symbol in a set.
 *
 * Source: Lee and Hon 1989, "Speaker-independent phone recognition using hidden Markov models",
 * table I; closures and pauses are one silence, the glottal stop is left out.
 *
 * @returns 0 … set − 1; `undefined` for `q` in the set of 39.
 * @throws {SyntaxError} If TIMIT has no such symbol.
 */
export function phoneNumber(symbol: string, set: PhoneSet): number | undefined {
  const number = PHONES.indexOf(symbol);
  if (number < 0) {
    throw new SyntaxError(
      `Cannot number the phone ${JSON.stringify(symbol)}; want one of TIMIT's 61`,
    );
  }
  if (set === 61) return number;
  if (symbol === "q") return undefined;
  return REDUCED.indexOf(FOLDED[symbol] ?? symbol);
}

const REDUCED = PHONES.filter((symbol) => symbol !== "q" && FOLDED[symbol] === undefined);

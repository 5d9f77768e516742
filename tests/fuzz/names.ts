/** Names that could become paths: hostile ones, and random ones of odd characters. */
import { stream } from "../../lib/random/stream.ts";

const HOSTILE = [
  "",
  ".",
  "..",
  "../../x",
  "a/b",
  "/etc",
  "a\\b",
  "a\0b",
  "con",
  "a".repeat(255),
  "a".repeat(256),
  "é".repeat(127),
  "é".repeat(128),
  "__proto__",
  "constructor",
  "toString",
  " a",
  "a ",
  "-rf",
  "~",
  "$HOME",
  "*",
  "a\nb",
  "a=b,c",
  "[x]",
  "{x}",
  "_adhoc",
  "_profile",
  ".key.json",
];

const CHARACTERS = [
  ..."abAB01._-~ /\\:*?\"<>|=,[]{}()'`$&;#%!@^+\0\n\t\u202e\u00e9\u4e2d\ud83d\ude00",
];

/** All hostile names, and so many random ones. */
export function names(seed: number, count: number): string[] {
  const draws = stream(seed, "names");
  const random = Array.from({ length: count }, () =>
    Array.from(
      { length: 1 + draws.below(12) },
      () => CHARACTERS[draws.below(CHARACTERS.length)]!,
    ).join(""));
  return [...HOSTILE, ...random];
}

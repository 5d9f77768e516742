/** Versions of files that nobody meant: damaged, spliced, doubled, and with odd words in them. */
import { stream } from "../../lib/random/stream.ts";
import { damage, type Damaged } from "../support/damage.ts";

/** Words at which parsers have stumbled. */
const WORDS = [
  "",
  "\0",
  "NaN",
  "-1",
  "1e999",
  "9007199254740993",
  "__proto__",
  "constructor",
  "toString",
  "../..",
  "/etc/passwd",
  "\u202e",
  "\ud800",
  "é".repeat(200),
  "*a",
  "&a",
  "!!js/function x",
  "{".repeat(60),
  "[".repeat(60),
  "null",
  "true",
  "'",
  '"',
  "# ",
  ": ",
  "\n",
  "\t",
];

/** Mutants of a file, the same ones for one seed: some 5 · `count` of damage, `count` of each other. */
export function* mutants(
  files: readonly Uint8Array[],
  seed: number,
  count: number,
): Generator<Damaged> {
  const draws = stream(seed, "mutants");
  for (const [k, file] of files.entries()) {
    yield* damage(file, seed + k, count);
    const place = () => draws.below(file.length + 1);
    for (let i = 0; i < count; i++) {
      const at = place();
      const word = WORDS[draws.below(WORDS.length)]!;
      yield {
        what: `${JSON.stringify(word.slice(0, 20))} put in at ${at}`,
        bytes: joined(file.subarray(0, at), new TextEncoder().encode(word), file.subarray(at)),
      };
      const [from, to] = [place(), place()].sort((a, b) => a - b) as [number, number];
      yield {
        what: `${from} to ${to} doubled`,
        bytes: joined(file.subarray(0, to), file.subarray(from)),
      };
      const other = files[draws.below(files.length)]!;
      const cut = draws.below(other.length + 1);
      yield {
        what: `cut at ${at}, on with another file from ${cut}`,
        bytes: joined(file.subarray(0, at), other.subarray(cut)),
      };
      // Lengths in headers are words of four bytes.
      const large = file.slice();
      const where = Math.min(at, Math.max(0, file.length - 4));
      large.set([255, 255, 255, draws.below(256)].slice(0, file.length - where), where);
      yield { what: `a huge number at ${where}`, bytes: large };
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

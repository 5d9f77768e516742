import assert from "node:assert/strict";
import { StudyError } from "../../lib/pipeline/config/fault.ts";
import { mutants } from "./mutants.ts";
import { parsers } from "./parsers.ts";

/** What a person can mend: the message says all, and names what could not be done. */
const FOR_PEOPLE = [SyntaxError, RangeError, TypeError];

/**
 * Feeds every parser with mutants of its files: each is taken, or refused by a message for people.
 *
 * @returns Mutants tried, by parser.
 */
export async function tryParsers(seed: number, count: number): Promise<Map<string, number>> {
  const tried = new Map<string, number>();
  for (const { name, files, parse } of await parsers()) {
    for (const file of files) await parse(file); // the files themselves are sound
    for (const { what, bytes } of mutants(files, seed, count)) {
      tried.set(name, (tried.get(name) ?? 0) + 1);
      try {
        await parse(bytes);
      } catch (error) {
        const { message } = error as Error;
        const isForPeople = error instanceof StudyError ||
          FOR_PEOPLE.some((kind) => error instanceof kind) && /^Cannot /.test(message);
        assert.ok(isForPeople, `${name}, ${what} (seed ${seed}): ${(error as Error).stack}`);
      }
    }
  }
  return tried;
}

/** What a timed process measures in a round. */
export const TIMED = ["step", "product"] as const;

/** Processor time of a call of each function, in milliseconds. */
export type RoundTimes = Readonly<Record<typeof TIMED[number], number>>;

/** Reads what a timed process says. @throws {TypeError} If it is not that. */
export function parseRoundTimes(line: string): RoundTimes {
  const value = JSON.parse(line) as Partial<RoundTimes> | null;
  if (TIMED.every((name) => typeof value?.[name] === "number" && value[name] > 0)) {
    return value as RoundTimes;
  }
  throw new TypeError(`Cannot read the times ${line}; want those of ${TIMED.join(" and ")}`);
}

/**
 * Time of one round as a multiple of another's: the geometric mean over the functions, of the means
 * over the processes that ran at once.
 *
 * @example
 * ```ts
 * import { roundRatio } from "./round_times.ts";
 * import assert from "node:assert/strict";
 *
 * const [slow, fast] = [{ step: 20, product: 60 }, { step: 10, product: 30 }];
 * assert.equal(roundRatio([fast, fast], [slow, slow]), 0.5);
 * ```
 */
export function roundRatio(
  challenger: readonly RoundTimes[],
  champion: readonly RoundTimes[],
): number {
  const total = (rounds: readonly RoundTimes[], name: typeof TIMED[number]) =>
    rounds.reduce((sum, times) => sum + times[name], 0) / rounds.length;
  const logs = TIMED.map((name) => Math.log(total(challenger, name) / total(champion, name)));
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / TIMED.length);
}

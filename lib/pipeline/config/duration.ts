const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Seconds of a duration, or `undefined` if it is none.
 *
 * @example
 * ```ts
 * import { readDuration } from "./duration.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(readDuration("1.5h"), 5400);
 * assert.equal(readDuration("90s"), 90);
 * assert.equal(readDuration(90), undefined, "a number without its unit is a riddle");
 * ```
 */
export function readDuration(text: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([smhd])$/.exec(String(text));
  const seconds = match ? Number(match[1]) * SECONDS[match[2]!]! : 0;
  return seconds > 0 ? seconds : undefined;
}

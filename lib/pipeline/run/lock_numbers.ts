/** The numbers of accepted results: what can be compared where bytes differ with the processor. */
import { compareCodeUnits } from "../key/canonical.ts";

/** Numbers by their place in a JSON text: `percent`, `budget.percent`. */
export type LockedNumbers = Readonly<Record<string, number>>;

/** How deep below the top a number may lie; lists are left out. */
const DEEPEST = 2;

/**
 * The finite numbers of a JSON text that stand alone, at the top or in maps just below it. Curves
 * and lists are left out: what they come to is among these.
 *
 * @example
 * ```ts
 * import { numbersOf } from "./lock_numbers.ts";
 * import assert from "node:assert/strict";
 *
 * const text = '{"percent": 29.5, "name": "F1", "curve": [1, 2], "budget": {"percent": 16.6}}';
 * assert.deepEqual(numbersOf(text), { "budget.percent": 16.6, percent: 29.5 });
 * ```
 *
 * @returns None if the text is no JSON map.
 */
export function numbersOf(text: string): LockedNumbers {
  const found: [string, number][] = [];
  const visit = (value: unknown, path: readonly string[]): void => {
    if (typeof value === "number" && Number.isFinite(value)) found.push([path.join("."), value]);
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isMap || path.length >= DEEPEST) return;
    for (const [name, each] of Object.entries(value)) visit(each, [...path, name]);
  };
  try {
    const value = JSON.parse(text);
    if (typeof value === "object") visit(value, []);
  } catch {
    return {};
  }
  return Object.fromEntries(found.sort(([a], [b]) => compareCodeUnits(a, b)));
}

/** A number that is not what was accepted. */
export interface MovedNumber {
  readonly name: string;
  readonly before: number | undefined;
  readonly now: number | undefined;
  /** |now − before| / max(|now|, |before|); infinite where one of them is missing. */
  readonly share: number;
}

/** The numbers that moved by more than nothing, in their order. */
export function movedNumbers(before: LockedNumbers, now: LockedNumbers): MovedNumber[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort(compareCodeUnits);
  return names.flatMap((name) => {
    const [a, b] = [before[name], now[name]];
    if (a === b) return [];
    const share = a === undefined || b === undefined
      ? Infinity
      : Math.abs(b - a) / Math.max(Math.abs(a), Math.abs(b));
    return [{ name, before: a, now: b, share }];
  });
}

const UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/**
 * Bytes of a memory size, or `undefined` if it is none.
 *
 * @example
 * ```ts
 * import { readMemory } from "./memory.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(readMemory("1.5GB"), 1_500_000_000);
 * assert.equal(readMemory("much"), undefined);
 * ```
 */
export function readMemory(size: unknown): number | undefined {
  if (typeof size === "number") return size > 0 ? size : undefined;
  const match = /^(\d+(?:\.\d+)?) ?([kMGT]B)$/.exec(String(size));
  return match ? Math.round(Number(match[1]) * UNITS[match[2]!]!) : undefined;
}

import { createHash } from "node:crypto";

/**
 * JSON with one spelling for each value: keys in code unit order, no spaces, −0 as 0.
 *
 * Numbers take ECMAScript's shortest form, so 5e-4 and 0.0005 are one text.
 *
 * @example
 * ```ts
 * import { canonicalJson } from "./canonical.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(canonicalJson({ b: [-0, 5.0e-4], a: "1" }), '{"a":"1","b":[0,0.0005]}');
 * assert.throws(() => canonicalJson({ loss: NaN }), RangeError);
 * ```
 *
 * @throws {RangeError} If a number is not finite, or an integer beyond ±(2⁵³ − 1).
 * @throws {TypeError} If a value has no JSON, such as a function or a bigint.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    const isSafe = Number.isFinite(value) &&
      (!Number.isInteger(value) || Number.isSafeInteger(value));
    if (!isSafe) {
      throw new RangeError(`Cannot put the number ${value} into a key; write it as text`);
    }
    return JSON.stringify(value === 0 ? 0 : value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    // Code unit order: localeCompare would make keys depend on the machine's language.
    const sorted = entries.sort(([a], [b]) => compareCodeUnits(a, b));
    return `{${sorted.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(",")}}`;
  }
  throw new TypeError(`Cannot put a ${typeof value} into a key; use plain JSON values`);
}

/** SHA-256 in hex of a text or of bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Order by UTF-16 code units, the same on every machine. */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The fields of a result by dotted names: `trace.mean` is the entry `mean` of `trace`. The things of a
 * list are fields, too, where each has a `name` of its own and an `amount`: `measures.bits.amount`.
 *
 * @param value What a JSON output holds.
 * @param prefix Stands before each name.
 * @returns Texts, numbers and truths, and lists and `null` as they are.
 *
 * @example
 * ```ts
 * import { plainFields } from "./plain_fields.ts";
 * import assert from "node:assert/strict";
 *
 * const result = { trace: { mean: 2 }, curve: [1, 2], measures: [{ name: "bits", amount: 3 }] };
 * assert.deepEqual(plainFields(result), {
 *   "trace.mean": 2,
 *   curve: [1, 2],
 *   "measures.bits.amount": 3,
 * });
 * ```
 */
export function plainFields(value: unknown, prefix = ""): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, own]) => {
      const named = namedAmounts(own);
      if (named) return Object.entries(plainFields(named, `${prefix}${name}.`));
      return typeof own === "object" && own !== null && !Array.isArray(own)
        ? Object.entries(plainFields(own, `${prefix}${name}.`))
        : [[`${prefix}${name}`, own]];
    }),
  );
}

/** Amounts by their names; `undefined` of all that is no list of things with a name and an amount. */
export function namedAmounts(value: unknown): Record<string, Record<string, unknown>> | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const things = value.map((each: unknown): [unknown, Record<string, unknown>] => {
    const { name, ...own } = (each ?? {}) as Record<string, unknown>;
    return [name, own];
  });
  // A report's figures have names, too: a table of them would be thousands of columns wide.
  const measured = things.filter(([name, { amount }]) =>
    typeof name === "string" && amount !== undefined
  );
  const names = new Set(measured.map(([name]) => name));
  return names.size === value.length ? Object.fromEntries(things) : undefined;
}

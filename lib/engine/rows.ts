/** Rows of tables in the host's memory. */
import type { Feed, NumericArray, Rows } from "./engine.ts";

/** Whether a feed is rows of a table. */
export function isRows(feed: Feed): feed is Rows {
  return "table" in feed;
}

/**
 * Checks that a table has the rows.
 *
 * @param name What is fed, for the message.
 * @throws {TypeError} If the table is not made of whole rows.
 * @throws {RangeError} If it has no row of an index: the device would take another row instead.
 */
export function checkRows(name: string, { table, width, indices }: Rows): void {
  const count = table.length / width;
  if (!Number.isInteger(count)) {
    throw new TypeError(
      `Cannot feed ${name}: a table of ${table.length} entries has no whole rows of ${width}`,
    );
  }
  for (let i = 0; i < indices.length; i++) {
    if (indices[i]! >= 0 && indices[i]! < count) continue;
    throw new RangeError(
      `Cannot feed ${name} with row ${indices[i]} of a table of ${count} rows; ` +
        "give indices from 0 to below that",
    );
  }
}

/**
 * The rows as one array. Rows that follow each other are the table's own memory, and cost nothing.
 *
 * @example
 * ```ts
 * import { gatheredRows } from "./rows.ts";
 * import assert from "node:assert/strict";
 *
 * const table = Float32Array.of(0, 1, 10, 11, 20, 21);
 * const rows = (...indices: number[]) =>
 *   gatheredRows({ table, width: 2, indices: Int32Array.from(indices) });
 * assert.deepEqual([...rows(2, 0)], [20, 21, 0, 1]);
 * assert.equal(rows(1, 2).buffer, table.buffer);
 * ```
 */
export function gatheredRows({ table, width, indices }: Rows): NumericArray {
  const first = indices[0] ?? 0;
  if (indices.every((row, i) => row === first + i)) {
    return table.subarray(first * width, (first + indices.length) * width);
  }
  const rows = new (table.constructor as Float32ArrayConstructor)(indices.length * width);
  indices.forEach((row, i) => rows.set(table.subarray(row * width, (row + 1) * width), i * width));
  return rows;
}

/** The indices of `count` rows that follow each other. */
export function consecutive(first: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => first + i);
}

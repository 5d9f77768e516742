/** Small texts: durations, sizes, counts, tables. */

/**
 * A duration for people.
 *
 * @example
 * ```ts
 * import { formatSeconds } from "./format.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([0.25, 42, 3700].map(formatSeconds), ["0.3 s", "42 s", "1 h 2 min"]);
 * ```
 */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A number of bytes for people: `1.5 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(bytes || 1) / 3)));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** `1 cell`, `3 cells`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Aligns rows in columns: numbers to the right, the rest to the left.
 *
 * @example
 * ```ts
 * import { formatTable } from "./format.ts";
 * import assert from "node:assert/strict";
 *
 * const table = formatTable([["eps", "percent"], ["0.001", 12.5], ["0.0005", 3]]);
 * assert.equal(table, "eps     percent\n0.001      12.5\n0.0005        3\n");
 * ```
 *
 * @param rows Equally long; the first holds the headings.
 */
export function formatTable(rows: readonly (readonly (string | number)[])[]): string {
  const [head = [], ...body] = rows;
  const columns = head.map((heading, j) => {
    const cells = rows.map((row) => formatCell(row[j]!));
    const width = Math.max(...cells.map((cell) => cell.length));
    const isNumeric = body.some((row) => typeof row[j] === "number");
    return { heading, width, isNumeric };
  });
  return rows.map((row) =>
    columns.map(({ width, isNumeric }, j) => {
      const cell = formatCell(row[j]!);
      return isNumeric ? cell.padStart(width) : cell.padEnd(width);
    }).join("  ").trimEnd() + "\n"
  ).join("");
}

/** Six digits are enough to read; files keep all of them. */
function formatCell(value: string | number): string {
  return typeof value === "number" && !Number.isInteger(value)
    ? String(Number(value.toPrecision(6)))
    : String(value);
}

/** Longer texts than this bury what else a run says. */
const LONGEST_LINE = 1000;

/**
 * A text without what a terminal would take for an order: names and files of users may hold any
 * character, and a message shows them.
 *
 * @example
 * ```ts
 * import { printable } from "./printable.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(printable("no \x1b[2Jfile\n"), "no \ufffd[2Jfile\n");
 * ```
 */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what it is about
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "\ufffd");
}

/** A printable text of one line; where it is cut, it says so. */
export function printableLine(text: string): string {
  const line = printable(text).replaceAll("\n", " ");
  if (line.length <= LONGEST_LINE) return line;
  return `${line.slice(0, LONGEST_LINE)}… (${line.length} characters)`;
}

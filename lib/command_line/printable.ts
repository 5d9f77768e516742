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
  return text.replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, "\ufffd");
}

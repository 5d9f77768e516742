/** HTML as values: text is escaped unless it is HTML already. */

/** A piece of HTML. */
export interface Html {
  readonly html: string;
}

/** What may stand in a template. */
export type HtmlPart = Html | string | number | undefined | false | readonly HtmlPart[];

/**
 * HTML from a template; what stands in it is escaped, also for attributes in double quotes.
 *
 * @example
 * ```ts
 * import { html } from "./html.ts";
 * import assert from "node:assert/strict";
 *
 * const items = ["a < b", "c"].map((text) => html`<li>${text}</li>`);
 * assert.equal(html`<ul>${items}</ul>`.html, "<ul><li>a &lt; b</li><li>c</li></ul>");
 * ```
 */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return { html: strings.map((text, k) => text + textOf(parts[k])).join("") };
}

/** Text that is HTML already, such as an SVG. */
export function raw(text: string): Html {
  return { html: text };
}

/** Data for a script in the page; nothing in it can end the element. */
export function jsonFor(value: unknown): Html {
  return { html: JSON.stringify(value).replaceAll("<", "\\u003c") };
}

function textOf(part: HtmlPart): string {
  if (part === undefined || part === false) return "";
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return String(part);
  if (Array.isArray(part)) return part.map(textOf).join("");
  return (part as Html).html;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
}

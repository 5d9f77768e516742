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

/**
 * Text in which a letter's index is set below it: of `λ_max`, the `max`.
 *
 * @example
 * ```ts
 * import { indexed } from "./html.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(indexed("I_l/I_s of warm_start").html, "I<sub>l</sub>/I<sub>s</sub> of warm_start");
 * ```
 */
export function indexed(text: string): Html {
  const parts = text.split(/(?<![\p{L}\d_])(\p{L})_([\p{L}\d]+)/u);
  // Text, letter, index, text, letter, index, …
  return html`${parts.map((part, k) => k % 3 === 2 ? html`<sub>${part}</sub>` : part)}`;
}

/**
 * Text in which what stands between backticks is code.
 *
 * @example
 * ```ts
 * import { withCode } from "./html.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(withCode("the input `a<b`").html, "the input <code>a&lt;b</code>");
 * ```
 */
export function withCode(text: string): Html {
  return html`${text.split("`").map((part, k) => k % 2 === 1 ? html`<code>${part}</code>` : part)}`;
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

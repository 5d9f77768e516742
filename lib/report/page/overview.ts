import { type Html, html, indexed, raw } from "./html.ts";

/** One study on the page of all. */
export interface OverviewEntry {
  readonly profile: string;
  /** Its question. */
  readonly description: string;
  /** Its own page, relative to this one. */
  readonly href: string;
  /** Cells with a result, of how many. */
  readonly done: number;
  readonly total: number;
  /** The findings on SB and LB in sentences. */
  readonly findings: readonly string[];
  /** Titles of the tables that the study is about, if it compares more than SB and LB. */
  readonly tables: readonly string[];
}

/**
 * The page of all studies: those that are whole first, then those under way.
 *
 * @param style Its style sheet, which is that of a study's page.
 *
 * @example
 * ```ts
 * import { renderOverview } from "./overview.ts";
 * import assert from "node:assert/strict";
 *
 * assert.match(renderOverview([], ""), /No study has results yet/);
 * ```
 */
export function renderOverview(entries: readonly OverviewEntry[], style: string): string {
  const [whole, underWay] = [true, false].map((isWhole) =>
    entries.filter(({ done, total }) => (done === total) === isWhole)
  );
  return html`
    <!DOCTYPE html>
    <html lang="en-GB">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Sharp minima, rebuilt: all studies</title>
        <link rel="icon" href="data:,">
        <style>${raw(style)}</style>
      </head>
      <body>
        <header>
          <div>
            <h1>All studies</h1>
            <p class="lead">What the studies of Keskar et al. 2017, rebuilt by Basin, have found so
              far. Each has a page of its own.</p>
          </div>
        </header>
        <main>
    ${entries.length === 0 &&
      html`<p>No study has results yet: <code>deno task pipeline</code>.</p>`}
    ${section("done", "Done", whole!)}
    ${section("under-way", "Under way", underWay!)}
        </main>
      </body>
    </html>
  `.html;
}

function section(id: string, title: string, entries: readonly OverviewEntry[]): Html | false {
  return entries.length > 0 && html`
    <section aria-labelledby="${id}">
      <h2 id="${id}">${title}</h2>
      ${entries.map(entryBlock)}
    </section>
  `;
}

/** With a full stop, unless it ends a sentence already. */
function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

function entryBlock(entry: OverviewEntry): Html {
  const { profile, description, href, done, total, findings, tables } = entry;
  return html`
    <article class="cell">
      <h3><a href="${href}">${profile}</a></h3>
      <p>${sentence(description)}</p>
      ${findings.map((text) => html`<p>${indexed(text)}</p>`)}
      ${tables.length > 0 &&
        html`<ul>${tables.map((text) => html`<li>${indexed(text)}</li>`)}</ul>`}
      <p class="note">${done} of ${total} cells have a result.</p>
    </article>
  `;
}

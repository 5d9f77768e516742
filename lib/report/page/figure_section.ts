import type { MissingFigure } from "../figures/figure.ts";
import type { RenderedFigure } from "../figures/render.ts";
import { type Html, html, jsonFor, raw } from "./html.ts";
import { anchorOf, type StudyFacts } from "./study_facts.ts";

/** All figures but the headline's. */
export function figuresSection(
  figures: readonly (RenderedFigure | MissingFigure)[],
  facts: StudyFacts,
): Html {
  return html`<section id="figures" aria-labelledby="figures-title">
<h2 id="figures-title">Figures</h2>
<p>Hover or touch a point for its numbers; click a name in a legend to see it alone.</p>
${figures.map((figure) => figureBlock(figure, facts, { isHeadline: false }))}
</section>`;
}

/** One figure: its panels as SVG with what a script needs to bring them to life. */
export function figureBlock(
  figure: RenderedFigure | MissingFigure,
  { cellOfSource, cells }: StudyFacts,
  { isHeadline }: { readonly isHeadline: boolean },
): Html {
  const anchor = anchorOf("figure", figure.name);
  if ("missing" in figure) {
    const heading = html`<h3>${figure.title}</h3>`;
    return html`<div class="figure" id="${anchor}">${heading}<p class="missing">${figure.missing}</p></div>`;
  }
  const { name, title, caption, alternative, panels, sources } = figure;
  const used = new Set(sources.map((source) => cellOfSource[source]));
  const stages = new Set(cells.filter(({ id }) => used.has(id)).map(({ stage }) => stage));
  return html`
    <figure class="figure" id="${anchor}">
      <h3${isHeadline && raw(' class="visually-hidden"')}>${title}</h3>
    <div class="panels">${panels.map((panel) =>
      html`
        <div class="panel" role="img" aria-label="${`${panel.title}. ${alternative}`}">
          <div class="drawing" data-panel="${panel.name}">${raw(panel.svg)}</div>
        </div>
        <script type="application/json" data-spec="${panel.name}">${jsonFor(panel.vega)}</script>
      `
    )}</div>
    <figcaption>${caption}
    <details><summary>The finding in words, files, cells</summary>
    <p>${alternative}</p>
    <p>Files beside this page: <a href="figures/${name}.svg">${name}.svg</a>, <a href="figures/${name}.vl.json">${name}.vl.json</a> (Vega-Lite).
    ${used.size} cells: ${[...stages].map((stage, k) =>
      html`${k > 0 && ", "}<a href="#cells-${stage}">${stage}</a>`
    )}.</p></details></figcaption>
    </figure>
  `;
}

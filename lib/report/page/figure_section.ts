import type { MissingFigure } from "../figures/figure.ts";
import type { RenderedFigure, RenderedPanel } from "../figures/render.ts";
import { type Html, html, indexed, jsonFor, raw, withCode } from "./html.ts";
import { solidsBlock } from "./solid_section.ts";
import { anchorOf, type StudyFacts } from "./study_facts.ts";

/** All figures but the headline's; those without records come last, with the reason. */
export function figuresSection(
  figures: readonly (RenderedFigure | MissingFigure)[],
  facts: StudyFacts,
): Html {
  const missing = figures.filter((figure) => "missing" in figure);
  return html`
    <section id="figures" aria-labelledby="figures-title">
      <h2 id="figures-title">Figures</h2>
      <p>Hover or touch a point for its numbers; click a name in a legend to see it alone.</p>
      ${figures.map((figure) => "missing" in figure ? "" : figureBlock(figure, facts, true))}
      ${missing.length > 0 &&
        html`
          <h3>Not in this study</h3>
          <dl class="absent">${missing.map(absence)}</dl>
        `}
    </section>
  `;
}

function absence({ name, title, missing }: MissingFigure): Html {
  return html`
    <dt id="${anchorOf("figure", name)}">${title}</dt>
    <dd class="missing">${withCode(missing)}</dd>
  `;
}

/** One figure: its panels as SVG with what a script needs to bring them to life. */
export function figureBlock(
  { name, title, caption, alternative, panels, solids, sources }: RenderedFigure,
  { cellOfSource, cells }: StudyFacts,
  withTitle: boolean,
): Html {
  const anchor = anchorOf("figure", name);
  const used = new Set(sources.map((source) => cellOfSource[source]));
  const stages = new Set(cells.filter(({ id }) => used.has(id)).map(({ stage }) => stage));
  const links = [...stages].map((stage, k) =>
    html`${k > 0 && ", "}<a href="#cells-${stage}">${stage}</a>`
  );
  return html`
    <figure class="figure${solids && raw(" with-solids")}" id="${anchor}" aria-label="${title}">
      ${withTitle && html`<h3>${title}</h3>`}
      <div class="panels">${panels.map((panel) => panelBlock(panel, anchor))}</div>
      ${solids && solidsBlock(solids, anchor)}
      <figcaption>
        ${indexed(caption)}
        <details>
          <summary>The figure in words, its files and cells</summary>
          <p id="${anchor}-words">${alternative}</p>
          <p>
            Files beside this page: <a href="figures/${name}.svg">${name}.svg</a>,
            <a href="figures/${name}.vl.json">${name}.vl.json</a> (Vega-Lite).
            From ${used.size} cells of ${links}.
          </p>
        </details>
      </figcaption>
    </figure>
  `;
}

function panelBlock({ name, title, svg, vega }: RenderedPanel, anchor: string): Html {
  return html`
    <div class="panel">
      <p class="panel-title">${title}</p>
      <div
        class="drawing"
        data-panel="${name}"
        role="img"
        aria-label="${title}"
        aria-describedby="${anchor}-words"
      >${raw(svg)}</div>
      <script type="application/json" data-spec="${name}">${jsonFor(vega)}</script>
    </div>
  `;
}

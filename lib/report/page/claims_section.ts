import type { Claim } from "../claims.ts";
import type { MissingFigure } from "../figures/figure.ts";
import type { RenderedFigure } from "../figures/render.ts";
import type { ReportTable } from "../report_table.ts";
import { VERDICTS } from "../verdict.ts";
import { figureBlock } from "./figure_section.ts";
import { type Html, html } from "./html.ts";
import { anchorOf, type StudyFacts } from "./study_facts.ts";

/** The first screen: the paper's claims, what was found, and the picture. */
export function claimsSection(
  claims: readonly Claim[],
  headline: readonly string[],
  figure: RenderedFigure | MissingFigure | undefined,
  facts: StudyFacts,
  tables: readonly ReportTable[],
): Html {
  return html`<section id="finding" aria-labelledby="finding-title">
<h2 id="finding-title" class="visually-hidden">What was found</h2>
${claims.length > 0 && claimsTable(claims, tables)}
${
    figure && ("missing" in figure
      ? html`<p class="missing">${figure.missing}</p>`
      : figureBlock(figure, facts, false))
  }
${
    headline.length > 0 &&
    html`<details class="words"><summary>In sentences</summary>${
      headline.map((text) => html`<p>${text}</p>`)
    }</details>`
  }
</section>`;
}

function claimsTable(claims: readonly Claim[], tables: readonly ReportTable[]): Html {
  const isWithNetwork = new Set(claims.map(({ network }) => network)).size > 1;
  return html`
    <div class="scroll" tabindex="0" role="region"
      aria-label="The paper's claims and this study's findings">
      <table class="claims">
        <thead>
          <tr>${isWithNetwork &&
            html`<th scope="col">network</th>`}<th scope="col">The paper claims</th><th scope="col">it measured</th><th scope="col">here</th><th scope="col">verdict</th></tr>
        </thead>
        <tbody>${claims.map((claim) => claimRow(claim, isWithNetwork, tables))}</tbody>
      </table>
    </div>
  `;
}

function claimRow(
  { network, statement, paper, ours, verdict, table }: Claim,
  withNetwork: boolean,
  tables: readonly ReportTable[],
): Html {
  const isShown = tables.some(({ name }) => name === table);
  const link = html`
    (<a href="#${anchorOf("table", table)}">${table.replace("table", "Table ")}</a>)
  `;
  const [mark, words] = VERDICTS[verdict];
  return html`<tr>${
    withNetwork && html`<th scope="row">${network}</th>`
  }<th scope="row">${statement}</th><td data-label="it measured">${paper}</td><td data-label="here">${ours}${
    isShown && link
  }</td><td class="verdict ${verdict}"><span aria-hidden="true">${mark}</span> ${words}</td></tr>`;
}

import type { ReportTable } from "../report_table.ts";
import { type Html, html, indexed, raw } from "./html.ts";
import { anchorOf, missingCells, type StudyFacts } from "./study_facts.ts";

/** All tables, ours beside the paper's, with the cells behind each row. */
export function tablesSection(tables: readonly ReportTable[], facts: StudyFacts): Html {
  if (tables.length === 0) return html`<div id="tables"></div>`;
  return html`<section id="tables" aria-labelledby="tables-title">
<h2 id="tables-title">Tables</h2>
${tables.map((table) => tableBlock(table, facts))}
</section>`;
}

/** One table with its notes, and where its numbers come from. */
export function tableBlock(table: ReportTable, facts: StudyFacts): Html {
  const { name, title, columns, rows, notes, sources } = table;
  const anchor = anchorOf("table", name);
  return html`<div class="table" id="${anchor}">
<h3 id="${anchor}-title">${indexed(title)}</h3>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${anchor}-title">
<table>
<thead><tr>${columns.map(heading)}<th scope="col">cells</th></tr></thead>
<tbody>${
    rows.map((row, k) =>
      html`<tr${isPaper(sources[k]) && raw(' class="published"')}>${
        row.map((text, column) =>
          column === 0 && text !== ""
            ? html`<th scope="row">${indexed(text)}</th>`
            : html`<td>${marked(text)}</td>`
        )
      }<td>${
        sources[k]!.length > 0 &&
        html`<a href="#${anchor}-${k}" aria-label="${`${
          sources[k]!.length
        } cells behind this row`}">${sources[k]!.length}</a>`
      }</td></tr>`
    )
  }</tbody>
</table></div>
${missingNote(table, facts)}
${notes.map((note) => html`<p class="note">${indexed(note)}</p>`)}
<details><summary>Where these numbers come from</summary>
<p>Files beside this page: ${
    ["csv", "json", "md"].map((ending, k) =>
      html`${k > 0 && ", "}<a href="tables/${name}.${ending}">${name}.${ending}</a>`
    )
  }.</p>
<dl class="sources">${
    rows.map((row, k) =>
      sources[k]!.length > 0 &&
      html`
        <dt id="${anchor}-${k}">${row.filter(Boolean).slice(0, 2).join(", ")}</dt>
        <dd>${sources[k]!.map((source, i) => html`${i > 0 && ", "}${cellLink(source, facts)}`)}</dd>
      `
    )
  }</dl></details>
</div>`;
}

function isPaper(sources: readonly string[] | undefined): boolean {
  return sources?.length === 0;
}

function heading(text: string): Html {
  return text === "" ? html`<td></td>` : html`<th scope="col">${indexed(text)}</th>`;
}

/** Gives the marks of agreement words, for they are read aloud as `check mark`, if at all. */
function marked(text: string): Html {
  const [, before, mark, rest] = /^(.*?)([✓✗])(.*)$/.exec(text) ?? [];
  if (mark === undefined) return html`${text}`;
  const [kind, words] = mark === "✓" ? ["agrees", "as in the paper"] : ["differs", "unlike it"];
  return html`
    ${before}<span class="mark ${kind}" title="${words}" role="img"
      aria-label="${words}">${mark}</span>${rest}
  `;
}

/** Missing cells that are named one by one. */
const NAMED = 6;

/** Which cells that the table would read have no result, and why. */
function missingNote({ inputs }: ReportTable, facts: StudyFacts): Html {
  const read = new Set(
    Object.entries(facts.cellOfSource)
      .filter(([source]) => inputs.some((input) => source.startsWith(`${input}[`)))
      .map(([, id]) => id),
  );
  const missing = missingCells(facts).filter(({ id }) => read.has(id));
  if (missing.length === 0) return html``;
  const named = missing.slice(0, NAMED).map(({ id, state, reason }, k) =>
    html`${k > 0 && "; "}<a href="#${anchorOf("cell", id)}">${id}</a> (${
      reason === undefined ? state : `${state}: ${reason}`
    })`
  );
  const more = missing.length > NAMED && ` and ${missing.length - NAMED} more`;
  return html`<p class="note missing">Cells without a result: ${named}${more}.</p>`;
}

function cellLink(source: string, { cellOfSource }: StudyFacts): Html {
  const id = cellOfSource[source];
  return id === undefined ? html`${source}` : html`<a href="#${anchorOf("cell", id)}">${id}</a>`;
}

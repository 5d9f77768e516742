import { groupBy } from "../groups.ts";
import type { ReportModel } from "../report_model.ts";
import type { ReportTable } from "../report_table.ts";
import { claimsSection } from "./claims_section.ts";
import { figuresSection } from "./figure_section.ts";
import { type Html, html, raw } from "./html.ts";
import { missingCells, type StudyFacts } from "./study_facts.ts";
import { subjectsSection } from "./subjects_section.ts";
import { studySection } from "./study_section.ts";
import { tablesSection } from "./table_section.ts";
import { VERDICTS } from "../verdict.ts";

/** What the page carries with it, so that it needs no network. */
export interface PageAssets {
  readonly style: string;
  readonly client: string;
  /** A module that turns surfaces. */
  readonly solids: string;
  /** Vega's runtime, which sets the global `vega`. */
  readonly vega: string;
}

/**
 * The report as one HTML file.
 *
 * All is there without scripts; they add tooltips, selections and a switch of the theme.
 */
export function renderPage(model: ReportModel, facts: StudyFacts, assets: PageAssets): string {
  const [picture, ...figures] = model.figures;
  const subjects = model.tables.filter(({ name }) => model.subjects.includes(name));
  const others = model.tables.filter((table) =>
    !subjects.includes(table) && isOfStudy(table, facts)
  );
  // A study of other regimes has no headline of SB and LB; one without results says so there.
  const hasPair = model.claims.length > 0 || subjects.length === 0;
  const start = subjects.length > 0 ? "subjects" : "finding";
  const page = html`
    <!DOCTYPE html>
    <html lang="en-GB">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Sharp minima, rebuilt: ${titleOf(model, facts)}</title>
        <link rel="icon" href="data:,">
        <style>${raw(assets.style)}</style>
      </head>
      <body>
        <a class="skip" href="#${start}">Skip to the finding</a>
        <header>
          <div>
            <h1>Do large batches end in sharper minima?</h1>
            <p class="lead">${lead(model, facts)}</p>${answers(model)}
          </div>
          <label
            class="theme">Theme <select id="theme"><option value="auto">as the system</option><option value="light">light</option><option value="dark">dark</option></select></label>
        </header>
        <nav
          aria-label="Sections"><a href="#${start}">Finding</a> <a href="#tables">Tables</a> <a href="#figures">Figures</a> <a href="#study">Study</a> <a href="#cells">Cells</a></nav>
        <main>
    ${incomplete(facts)}
    ${subjectsSection(subjects, facts)}
    ${hasPair && claimsSection(model.claims, model.headline, picture, facts, others)}
    ${tablesSection(others, facts)}
    ${figuresSection(hasPair ? figures : model.figures, facts)}
    ${studySection(facts, model.evidence)}
        </main>
        <footer>
          <p>Keskar, Mudigere, Nocedal, Smelyanskiy and Tang, <cite>On Large-Batch Training for Deep Learning:
    Generalization Gap and Sharp Minima</cite>, ICLR 2017, <a href="https://arxiv.org/abs/1609.04836">arXiv 1609.04836</a>, rebuilt by Basin.
    Equal results give equal figures and tables, byte for byte.</p>
        </footer>
        <script>${scriptText(assets.vega)}</script>
        <script>${scriptText(assets.client)}</script>
        ${model.figures.some((figure) => "solids" in figure) &&
          html`
            <script type="module">${scriptText(assets.solids)}</script>
          `}
      </body>
    </html>
  `;
  return page.html;
}

/** What the page is about, in a few words. */
function titleOf({ claims, subjects }: ReportModel, { profile }: StudyFacts): string {
  const networks = [...new Set(claims.map(({ network }) => network))].join(", ");
  if (subjects.length > 0) return `the study “${profile}”`;
  return networks || "no results yet";
}

/** Whether a table has rows, or would have some if all cells that it reads from had results. */
function isOfStudy(
  { rows, inputs, rowInputs = inputs }: ReportTable,
  { cellOfSource }: StudyFacts,
): boolean {
  return rows.length > 0 ||
    Object.keys(cellOfSource).some((source) =>
      rowInputs.some((name) => source.startsWith(`${name}[`))
    );
}

function lead({ claims, subjects }: ReportModel, facts: StudyFacts): string {
  const { profile, description } = facts;
  const networks = [...new Set(claims.map(({ network }) => network))];
  if (networks.length === 0 && subjects.length === 0) return "Nothing has been trained yet.";
  const words = description === undefined ? "" : `: ${description}`;
  if (subjects.length > 0) {
    return `The study “${profile}”${words}. It stands beside the experiment of Keskar et al. 2017: ` +
      "training with large batches (LB) against small ones (SB), and how sharp the minima are.";
  }
  const study = profile === "default" ? "" : `, in the profile “${profile}”${words}`;
  return "Keskar et al. 2017 say that training with large batches (LB) ends in sharper minima than " +
    "with small ones (SB), and that these generalise worse. This is their experiment rebuilt on " +
    `${networks.join(", ")}${study}.`;
}

/** The finding in one sentence for each network. */
function answers({ claims }: ReportModel): Html[] {
  const networks = [...new Set(claims.map(({ network }) => network))];
  return networks.flatMap((network) => {
    const said = claims.filter((claim) => claim.network === network)
      .flatMap(({ short, verdict }) => short ? [{ ...short, verdict }] : []);
    if (said.length === 0) return [];
    const clauses = [...groupBy(said, ({ subject }) => subject)].map(([subject, own]) => {
      const predicates = own.map(({ predicate, verdict }) =>
        verdict.startsWith("leans") || verdict === "even" ? `${predicate} (unsettled)` : predicate
      );
      return `${subject} ${predicates.join(", ")}`;
    });
    const where = networks.length > 1 ? `On ${network}` : "Here";
    if (said.some(({ verdict }) => verdict === "toy")) {
      return [html`<p class="answer">${where}, ${VERDICTS.toy[1]}.</p>`];
    }
    return [html`<p class="answer">${where}, ${clauses.join("; ")}.</p>`];
  });
}

function incomplete(facts: StudyFacts): Html {
  const { cells, command } = facts;
  const missing = missingCells(facts).length;
  if (missing === 0) return html``;
  return html`<p class="banner" role="status">Incomplete: ${missing} of ${cells.length} cells have no result yet;
<a href="#cells">they say why</a>. <code>${command}</code> goes on.</p>`;
}

/** A script's text cannot be escaped; it must not hold what ends its element. */
function scriptText(text: string): Html {
  return raw(text.replaceAll("</script", "<\\/script"));
}

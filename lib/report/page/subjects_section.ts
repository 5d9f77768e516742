import type { ReportTable } from "../report_table.ts";
import { type Html, html } from "./html.ts";
import type { StudyFacts } from "./study_facts.ts";
import { tableBlock } from "./table_section.ts";

/** What a study is about that compares more than SB and LB: its own tables, before all else. */
export function subjectsSection(tables: readonly ReportTable[], facts: StudyFacts): Html | false {
  if (tables.length === 0) return false;
  return html`<section id="subjects" aria-labelledby="subjects-title">
<h2 id="subjects-title">The study “${facts.profile}”</h2>
${tables.map((table) => tableBlock(table, facts))}
</section>`;
}

/** Writes the reports of all studies that have results, and a page of them all. */
import { dirname, join, relative } from "node:path";
import type { Workspace } from "../../pipeline/run/workspace.ts";
import { reportCell } from "../../pipeline/verbs/report.ts";
import type { WrittenReport } from "../../pipeline/verbs/verb.ts";
import { type OverviewEntry, renderOverview } from "../../report/page/overview.ts";
import { hasResult, missingCells } from "../../report/page/study_facts.ts";
import { pageAssets, writeStudyReport } from "./report_page.ts";
import { studyFacts } from "./study_facts.ts";

/**
 * Writes `all.html` beside the default study's report.
 *
 * A study of which only the data are there has not begun; those without a report are left out.
 *
 * @param say Told of each study whose report is written, as many take a while.
 */
export async function writeOverview(
  workspaces: readonly Workspace[],
  say: (text: string) => void,
): Promise<WrittenReport> {
  const [{ layout }] = workspaces as [Workspace, ...Workspace[]];
  const path = join(layout.root, "report", "all.html");
  const entries: OverviewEntry[] = [];
  for (const workspace of workspaces) {
    const report = reportCell(workspace);
    if (!report) continue;
    const { facts } = studyFacts(workspace, report);
    const hasBegun = facts.cells.some((cell) => hasResult(cell) && cell.stage !== "download");
    if (!hasBegun) continue;
    say(`writing the report of ${facts.profile}`);
    const { written, model } = (await writeStudyReport(workspace))!;
    const total = facts.cells.filter(({ id }) => id !== facts.reportCell).length;
    entries.push({
      profile: facts.profile,
      description: facts.description ?? "The paper's experiment on one network",
      href: relative(dirname(path), written.path).replaceAll("\\", "/"),
      done: total - missingCells(facts).length,
      total,
      findings: model.headline,
      tables: model.tables.filter(({ name }) => model.subjects.includes(name))
        .map(({ title }) => title),
    });
  }
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, renderOverview(entries, (await pageAssets()).style));
  const missing = entries.reduce((sum, { done, total }) => sum + total - done, 0);
  return { path, missing };
}

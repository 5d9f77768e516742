/** Writes the report: a page of the study as it stands, with its figures and tables beside. */
import { dirname, join } from "node:path";
import { loadStage } from "../../pipeline/key/load_stage.ts";
import type { Cell } from "../../pipeline/plan/cell.ts";
import type { PlannedCell } from "../../pipeline/run/plan.ts";
import type { Workspace } from "../../pipeline/run/workspace.ts";
import type { InputArtifact, StageContext } from "../../pipeline/stage.ts";
import type { Layout } from "../../pipeline/store/layout.ts";
import {
  DamagedObjectError,
  damagedObjects,
  filesOf,
  readBlob,
} from "../../pipeline/store/objects.ts";
import type { ResultRecord } from "../../pipeline/store/record.ts";
import { REPORT_OUTPUT, reportCell } from "../../pipeline/verbs/report.ts";
import type { WrittenReport } from "../../pipeline/verbs/verb.ts";
import type { ReportModel } from "../../report/report_model.ts";
import { type PageAssets, renderPage } from "../../report/page/page.ts";
import { missingCells, type StudyFacts } from "../../report/page/study_facts.ts";
import { studyFacts } from "./study_facts.ts";
import { NO_CHECKPOINT } from "../../pipeline/no_checkpoint.ts";

/**
 * Writes the report of a study, of whatever results there are.
 *
 * It is a view: made anew from the store, not a result with a key, as it shows what the keys do not
 * hold, such as times. Built aside and moved into place.
 *
 * @returns `undefined` if the study has no stage with an output `report`.
 */
export async function writeReport(workspace: Workspace): Promise<WrittenReport | undefined> {
  return (await writeStudyReport(workspace))?.written;
}

/** A report on disk, and what its page says. */
export interface StudyReport {
  readonly written: WrittenReport;
  readonly facts: StudyFacts;
  readonly model: ReportModel;
}

/** Like {@link writeReport}, and gives back what the page was made of. */
export async function writeStudyReport(workspace: Workspace): Promise<StudyReport | undefined> {
  const report = reportCell(workspace);
  if (!report) return undefined;
  const { layout, study } = workspace;
  const { facts, plan } = studyFacts(workspace, report);
  const folder = study.profile === "default"
    ? join(layout.root, "report")
    : join(layout.root, "report", "_profile", study.profile);
  for (const needed of [dirname(folder), layout.tmp, layout.memo]) {
    await Deno.mkdir(needed, { recursive: true });
  }
  // Runs at the same time end at the same time, and would mix their folders.
  using _lock = await lockFile(join(layout.memo, "report.lock"));
  // Swept away some day if this process is killed.
  const staged = await Deno.makeTempDir({ dir: layout.tmp });
  try {
    const planned = plan.get(report)!;
    if (planned.state === "up to date") await copyOutputs(layout, report, planned.record, staged);
    else await reportOnWhatThereIs(layout, report, plan, staged);
    const file = join(staged, report.stage.outputs.get(REPORT_OUTPUT)!.path);
    const model: ReportModel = JSON.parse(await Deno.readTextFile(file));
    const page = renderPage(model, facts, await pageAssets());
    await Deno.writeTextFile(join(staged, "index.html"), page);
    await Deno.remove(file);
    await Deno.chmod(staged, 0o755); // temporary folders are private
    await replaceFolder(folder, staged);
    const written = { path: join(folder, "index.html"), missing: missingCells(facts).length };
    return { written, facts, model };
  } finally {
    await Deno.remove(staged, { recursive: true }).catch(() => {});
  }
}

/** Waits for the lock at `path` and holds it; the kernel frees it if the process dies. */
async function lockFile(path: string): Promise<Disposable> {
  const file = await Deno.open(path, { create: true, write: true });
  await file.lock(true);
  return { [Symbol.dispose]: () => file.close() };
}

/** Reports of other profiles lie within the default one's folder, and stay. */
async function replaceFolder(folder: string, staged: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(staged)) {
    if (isDirectory) await Deno.remove(join(folder, name), { recursive: true }).catch(() => {});
    await Deno.rename(join(staged, name), join(folder, name));
  }
}

async function copyOutputs(
  layout: Layout,
  { stage }: Cell,
  { outputs }: ResultRecord,
  folder: string,
): Promise<void> {
  for (const { name, path } of stage.outputs.values()) {
    for (const file of filesOf(layout, outputs[name]!.digest)) {
      const target = join(folder, path, file.path);
      await Deno.mkdir(dirname(target), { recursive: true });
      await Deno.writeFile(target, readBlob(layout, file.digest));
    }
  }
}

/** Runs the report's stage here, on the results that are there. */
async function reportOnWhatThereIs(
  layout: Layout,
  { stage, inputs, labels }: Cell,
  plan: ReadonlyMap<Cell, PlannedCell>,
  folder: string,
): Promise<void> {
  const artifacts = new Map(inputs.map(({ name, cells, output }) => [
    name,
    cells.flatMap((cell): InputArtifact[] => {
      const planned = plan.get(cell)!;
      if (planned.state !== "up to date") return [];
      const { outputs, status } = planned.record;
      const { digest } = outputs[output]!;
      const path = layout.blob(digest.slice("blob:".length));
      if (damagedObjects(layout, digest).length > 0) throw new DamagedObjectError(digest);
      return [{ cell: cell.labels, status, path }];
    }),
  ]));
  const { run, parameters } = await loadStage(stage.module);
  const context: StageContext<unknown> = {
    parameters: parameters.parse({}),
    cell: labels,
    input: (name) => artifacts.get(name)![0]!,
    hasInput: (name) => artifacts.has(name),
    inputs: (name) => artifacts.get(name)!,
    output: (name) => join(folder, stage.outputs.get(name)!.path),
    checkpoint: NO_CHECKPOINT,
    progress: () => {},
    log: () => {},
    diverged: () => {},
  };
  await run(context);
}

/** What every page carries with it. */
export async function pageAssets(): Promise<PageAssets> {
  const beside = (name: string) =>
    Deno.readTextFile(new URL(`../../report/page/${name}`, import.meta.url));
  const [client, tools, drawing, turning, vega, ...styles] = await Promise.all([
    beside("client.js"),
    beside("figure_tools.js"),
    beside("solid_drawing.js"),
    beside("solid_turning.js"),
    // The build for browsers; the package does not export it by name.
    Deno.readTextFile(new URL("vega.min.js", import.meta.resolve("vega"))),
    // What holds for a phone or for paper comes last, and so has the last word.
    ...["style.css", "drawings.css", "media.css"].map(beside),
  ]);
  return {
    style: styles.join("\n"),
    client: `${client}\n${tools}`,
    solids: `${drawing}\n${turning}`,
    vega,
  };
}

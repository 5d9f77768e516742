/** `report`: writes the study's report as far as there are results, and says where it is. */
import { relative } from "node:path";
import { formatSections } from "../config/fault.ts";
import { counted } from "../display/format.ts";
import { printable } from "../display/printable.ts";
import { DamagedObjectError } from "../store/objects.ts";
import type { Cell } from "../plan/cell.ts";
import type { Workspace } from "../run/workspace.ts";
import {
  EXIT,
  type ProfilesContext,
  type StudyContext,
  UsageError,
  type VerbContext,
  writeJson,
  type WrittenReport,
} from "./verb.ts";

/** The name of the output that makes a stage the report's. */
export const REPORT_OUTPUT = "report";

/** The cell that makes the report; `undefined` if the study has none. */
export function reportCell({ graph }: Pick<Workspace, "graph">): Cell | undefined {
  return [...graph.values()].find(({ stage }) => stage.outputs.get(REPORT_OUTPUT)?.kind === "file");
}

/**
 * Writes the report and prints its path.
 *
 * @param open Shows the page to the user, if that was asked for.
 * @returns The exit status.
 * @throws {UsageError} If the study has no stage that makes one.
 */
export async function reportVerb(
  context: StudyContext,
  open?: (path: string) => Promise<void>,
): Promise<number> {
  const { workspace } = context;
  if (!reportCell(workspace)) {
    throw new UsageError(
      "Cannot write a report: no stage of the study has an output `report`; " +
        "add one that runs tasks/report.ts",
    );
  }
  const report = await tryReport(workspace, context);
  if (!report) return EXIT.failed;
  if (context.json) writeJson(context.terminal, report);
  else context.terminal.write(`${reportLine(report)}\n`);
  await open?.(report.path);
  return EXIT.ok;
}

/**
 * Writes the reports of all studies with results and a page of them all, and prints its path. Tells
 * which are left out for their faults.
 *
 * @param open Shows the page to the user, if that was asked for.
 * @returns The exit status.
 */
export async function reportAllVerb(
  context: ProfilesContext,
  open?: (path: string) => Promise<void>,
): Promise<number> {
  const { faulty } = context;
  if (faulty) {
    const names = faulty.names.map((name) => `\`${name}\``).join(", ");
    const text = `${
      formatSections(faulty.error.sections)
    }\n\nleft out for these faults: ${names}\n`;
    context.terminal.warn(printable(text));
  }
  const overview = await context.overview!(context.workspaces);
  if (context.json) writeJson(context.terminal, { ...overview, leftOut: faulty?.names ?? [] });
  else context.terminal.write(`all studies are in ${overview.path}\n`);
  await open?.(overview.path);
  return EXIT.ok;
}

/**
 * Writes the report of a study that has one; a fault of its own is told and spoils nothing else.
 *
 * @throws {DamagedObjectError} If results that it shows are damaged.
 */
export async function tryReport(
  workspace: Workspace,
  { report, terminal }: VerbContext,
): Promise<WrittenReport | undefined> {
  try {
    return await report?.(workspace);
  } catch (error) {
    if (error instanceof DamagedObjectError) throw error;
    terminal.warn(`Cannot write the report: ${(error as Error).message}\n`);
    return undefined;
  }
}

/** Where the report is, and how much it lacks. */
export function reportLine({ path, missing }: WrittenReport): string {
  const near = relative(Deno.cwd(), path);
  const lacks = missing > 0 ? ` (${counted(missing, "cell")} without a result; it says why)` : "";
  return `the report is ${near.startsWith("..") ? path : near}${lacks}`;
}

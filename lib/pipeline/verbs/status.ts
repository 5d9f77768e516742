/** `status`: how far the study is, what runs now, and what failed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { counted, formatTable } from "../display/format.ts";
import { printableLine } from "../display/printable.ts";
import { paletteOf } from "../display/terminal.ts";
import { planCells, type PlannedCell } from "../run/plan.ts";
import { attemptAt, attemptsOf, readManifest } from "../store/attempt.ts";
import type { Layout } from "../store/layout.ts";
import { holderOf } from "../store/lock.ts";
import { type ClusterJobs, clusterJobs } from "./cluster_jobs.ts";
import { planSummary } from "./plan.ts";
import { EXIT, type StudyContext, writeJson } from "./verb.ts";

/** How far a cell is. */
export interface CellStatus {
  readonly cell: string;
  readonly stage: string;
  readonly state: PlannedCell["state"] | "queued" | "running" | "failed";
  /** The latest progress of a running cell; why a failed one failed. */
  readonly note?: string;
  /** Folder of the attempt that runs or failed. */
  readonly attempt?: string;
  /** The job of a cluster that computes it, such as `Slurm 7_12`. */
  readonly job?: string;
}

/** Shows the state of every stage. @returns The exit status. */
export async function statusVerb(context: StudyContext): Promise<number> {
  const { terminal, workspace } = context;
  const { layout, study } = workspace;
  const plan = planCells(workspace, [...workspace.graph.values()]);
  const keys = plan.filter((planned) => planned.state === "run").map(({ key }) => key);
  const cluster = await clusterJobs(workspace, keys);
  if (cluster.trouble !== undefined) {
    terminal.warn(`Cannot say which jobs wait: ${cluster.trouble}\n`);
  }
  const states = plan.map((planned) => statusOf(layout, planned, cluster.jobs));
  if (context.json) {
    writeJson(terminal, states);
    return EXIT.ok;
  }
  const columns = ["up to date", "running", "queued", "run", "waits", "failed"] as const;
  const rows = [...study.stages.keys()].map((stage) => {
    const own = states.filter((each) => each.stage === stage);
    return [stage, ...columns.map((state) => own.filter((each) => each.state === state).length)];
  });
  terminal.write(
    formatTable([
      ["stage", "up to date", "running", "queued", "to run", "wait", "failed"],
      ...rows,
    ]),
  );
  const paint = paletteOf(terminal);
  for (const { cell, state, note, attempt, job } of states) {
    if (state !== "running" && state !== "queued" && state !== "failed") continue;
    const painted = state === "failed" ? paint.bad(state) : paint.good(state);
    const facts = [cell, job, printableLine(note ?? ""), attempt && paint.dim(attempt)]
      .filter((fact) => fact);
    terminal.write(`${painted} ${facts.join("  ")}\n`);
  }
  if (cluster.others.length > 0) terminal.write(`${othersText(cluster.others)}\n`);
  terminal.write(`${paint.bold(planSummary(plan))}\n`);
  return EXIT.ok;
}

/** Jobs that a person may want to cancel: nobody else says that they are there. */
function othersText(jobs: ClusterJobs["others"]): string {
  const [{ title }] = jobs as [ClusterJobs["others"][0]];
  const ids = jobs.slice(0, 5).map(({ id }) => id).join(", ");
  const more = jobs.length > 5 ? ` and ${jobs.length - 5} more` : "";
  return `${title} has ${counted(jobs.length, "job")} for cells that this study does not ask for ` +
    `now, under this profile: ${ids}${more}`;
}

/** The state of a cell, as far as files and the cluster tell. @param jobs By key. */
export function statusOf(
  layout: Layout,
  planned: PlannedCell,
  jobs: ClusterJobs["jobs"] = new Map(),
): CellStatus {
  const own = { cell: planned.cell.id, stage: planned.cell.stage.name, state: planned.state };
  if (planned.state !== "run") return own;
  const holder = holderOf(layout.lock(planned.key));
  if (holder) {
    const { folder } = attemptAt(layout, holder.attempt);
    const job = holder.job === undefined ? {} : { job: holder.job };
    return { ...own, state: "running", note: lastNote(folder), attempt: folder, ...job };
  }
  const sent = jobs.get(planned.key);
  if (sent) return { ...own, state: "queued", note: sent.note, job: `${sent.title} ${sent.id}` };
  const latest = attemptsOf(layout, planned.key).at(-1);
  const manifest = latest && readManifest(latest);
  if (manifest?.status !== "failed") return own;
  return { ...own, state: "failed", note: manifest.reason ?? "", attempt: latest!.folder };
}

function lastNote(folder: string): string {
  try {
    const lines = readFileSync(join(folder, "events.jsonl"), "utf8").trimEnd().split("\n");
    const { done, total, note = "" } = JSON.parse(lines.at(-1)!);
    return `${Math.round(100 * done / total)} % ${note}`;
  } catch {
    return ""; // it has reported nothing so far
  }
}

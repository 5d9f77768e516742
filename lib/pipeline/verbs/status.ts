/** `status`: how far the study is, what runs now, and what failed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatTable } from "../display/format.ts";
import { printableLine } from "../display/printable.ts";
import { paletteOf } from "../display/terminal.ts";
import { planCells, type PlannedCell } from "../run/plan.ts";
import { openWorkspace } from "../run/workspace.ts";
import { attemptAt, attemptsOf, readManifest } from "../store/attempt.ts";
import type { Layout } from "../store/layout.ts";
import { holderOf } from "../store/lock.ts";
import { planSummary } from "./plan.ts";
import { EXIT, type VerbContext, writeJson } from "./verb.ts";

/** How far a cell is. */
export interface CellStatus {
  readonly cell: string;
  readonly stage: string;
  readonly state: PlannedCell["state"] | "running" | "failed";
  /** The latest progress of a running cell; why a failed one failed. */
  readonly note?: string;
  /** Folder of the attempt that runs or failed. */
  readonly attempt?: string;
}

/** Shows the state of every stage. @returns The exit status. */
export async function statusVerb(context: VerbContext): Promise<number> {
  const { terminal } = context;
  const workspace = await openWorkspace(context);
  const { layout, study } = workspace;
  const plan = planCells(workspace, [...workspace.graph.values()]);
  const states = plan.map((planned) => statusOf(layout, planned));
  if (context.json) {
    writeJson(terminal, states);
    return EXIT.ok;
  }
  const columns = ["up to date", "running", "run", "waits", "failed"] as const;
  const rows = [...study.stages.keys()].map((stage) => {
    const own = states.filter((each) => each.stage === stage);
    return [stage, ...columns.map((state) => own.filter((each) => each.state === state).length)];
  });
  terminal.write(
    formatTable([["stage", "up to date", "running", "to run", "wait", "failed"], ...rows]),
  );
  const paint = paletteOf(terminal);
  for (const { cell, state, note, attempt } of states) {
    if (state !== "running" && state !== "failed") continue;
    const painted = state === "failed" ? paint.bad(state) : paint.good(state);
    terminal.write(
      `${painted} ${cell}  ${printableLine(note ?? "")}  ${paint.dim(attempt ?? "")}\n`,
    );
  }
  terminal.write(`${paint.bold(planSummary(plan))}\n`);
  return EXIT.ok;
}

/** The state of a cell, as far as files tell. */
export function statusOf(layout: Layout, planned: PlannedCell): CellStatus {
  const own = { cell: planned.cell.id, stage: planned.cell.stage.name, state: planned.state };
  if (planned.state !== "run") return own;
  const holder = holderOf(layout.lock(planned.key));
  if (holder) {
    const { folder } = attemptAt(layout, holder.attempt);
    return { ...own, state: "running", note: lastNote(folder), attempt: folder };
  }
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

/** What the verbs that run something share: display, summary, exit status, sound outputs. */
import { relative } from "node:path";
import { counted, formatSeconds } from "../display/format.ts";
import { runDisplay } from "../display/run_display.ts";
import { followRun } from "../display/tally.ts";
import { paletteOf } from "../display/terminal.ts";
import type { Cell } from "../plan/cell.ts";
import { expectations } from "../run/expectations.ts";
import { runCells } from "../run/run_cells.ts";
import type { Summary } from "../run/scheduler.ts";
import type { Workspace } from "../run/workspace.ts";
import { damagedObjects } from "../store/objects.ts";
import { dropRecord, quarantineObject } from "../store/quarantine.ts";
import { viewRoot } from "../store/view.ts";
import { chosenExecutor } from "./chosen_executor.ts";
import { EXIT, type VerbContext } from "./verb.ts";

/** An output that the verb will show. */
export interface OutputToShow {
  readonly cell: Cell;
  readonly output: string;
}

/** Runs cells, shows how it goes, and says what came of it. */
export async function executeCells(
  workspace: Workspace,
  cells: readonly Cell[],
  context: VerbContext,
  toShow: readonly OutputToShow[],
): Promise<{ summary: Summary; exit: number }> {
  let summary = await runOnce(workspace, cells, context);
  // What is shown is read as well, so its bytes are checked like any stage's inputs.
  if (context.repair !== false && discardDamaged(workspace, summary, toShow)) {
    summary = await runOnce(workspace, cells, context);
  }
  const exit = summary.isInterrupted
    ? EXIT.interrupted
    : summary.unrepaired.length > 0
    ? EXIT.corrupt
    : summary.failed.length > 0
    ? EXIT.failed
    : EXIT.ok;
  return { summary, exit };
}

async function runOnce(
  workspace: Workspace,
  cells: readonly Cell[],
  context: VerbContext,
): Promise<Summary> {
  const { terminal, json, jobs, failFast, repair, worker, interrupt } = context;
  const { makeExecutor, limits, atOnce } = await chosenExecutor(workspace, cells, context);
  const started = performance.now();
  const clock = () => (performance.now() - started) / 1000;
  const tally = followRun(cells, expectations(workspace), atOnce);
  const display = runDisplay({ tally, terminal, clock, quietStdout: json });
  try {
    const summary = await runCells(workspace, cells, {
      jobs,
      failFast,
      repair,
      worker,
      listeners: [display.listener],
      ...(makeExecutor && { makeExecutor }),
      limits,
      ...interrupt,
    });
    display.close();
    const line = summaryLine(workspace, cells, summary, clock());
    const paint = paletteOf(terminal);
    const painted = summary.failed.length > 0 ? paint.bad(line) : paint.bold(line);
    (json || summary.isInterrupted ? terminal.warn : terminal.write)(`${painted}\n`);
    return summary;
  } finally {
    display.close();
  }
}

function summaryLine(
  { layout, study, engines }: Workspace,
  cells: readonly Cell[],
  summary: Summary,
  seconds: number,
): string {
  const { failed, blocked, notStarted, unrepaired, isInterrupted } = summary;
  // After repairs a cell may have run twice, or not have come through the second time.
  const open = new Set([...failed, ...blocked, ...notStarted]);
  const ran = [...new Set(summary.ran)].filter((cell) => !open.has(cell));
  const near = relative(Deno.cwd(), viewRoot(layout, study.profile));
  const where = `; results are in ${
    near.startsWith("..") ? viewRoot(layout, study.profile) : near
  }`;
  if (isInterrupted) {
    return `interrupted after ${formatSeconds(seconds)}: ${counted(ran.length, "cell")} finished` +
      "; run again to go on";
  }
  if (ran.length + failed.length + blocked.length === 0) {
    return `nothing to do: ${counted(cells.length, "cell")} up to date${where}`;
  }
  const diverged = ran.filter((cell) => summary.results.get(cell)?.status === "diverged").length;
  return [
    `${counted(ran.length, "cell")} ran`,
    ...(diverged > 0 ? [`${diverged} of them diverged`] : []),
    `${cells.length - ran.length - failed.length - blocked.length - notStarted.length} up to date`,
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(unrepaired.length > 0 ? [`${unrepaired.length} damaged and not repaired`] : []),
    ...(blocked.length > 0 ? [`${blocked.length} blocked`] : []),
    ...(notStarted.length > 0 ? [`${notStarted.length} not started`] : []),
  ].join(", ") + ` in ${formatSeconds(seconds)}${engineNote(engines)}${where}`;
}

/** What the cells that compute were computed with. */
function engineNote(engines: Workspace["engines"]): string {
  const names = [...engines.values()].map(({ name, backend, version }) =>
    [name, backend, version].filter((fact) => fact !== undefined).join(" ")
  );
  return names.length === 0 ? "" : ` on ${[...new Set(names)].join(" and ")}`;
}

function discardDamaged(
  { layout }: Workspace,
  { results, isInterrupted }: Summary,
  toShow: readonly OutputToShow[],
): boolean {
  if (isInterrupted) return false;
  let isDamaged = false;
  for (const { cell, output } of toShow) {
    const record = results.get(cell);
    const digest = record?.outputs[output]?.digest;
    if (!record || !digest || damagedObjects(layout, digest).length === 0) continue;
    dropRecord(layout, record.key);
    quarantineObject(layout, digest);
    isDamaged = true;
  }
  return isDamaged;
}

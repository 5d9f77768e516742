/** `plan`: what `run` would do, why, how long, and how much it would write; changes nothing. */
import { availableParallelism } from "node:os";
import { counted, formatSeconds } from "../display/format.ts";
import { paletteOf } from "../display/terminal.ts";
import { forecast, freeBytes } from "../run/forecast.ts";
import { planCells, type PlannedCell } from "../run/plan.ts";
import { gpuModels } from "../run/gpus.ts";
import { loadEstimates } from "../run/planned_work.ts";
import { costTable, costText } from "./cost.ts";
import { unusedGpusText } from "./unused_gpus.ts";
import { EXIT, type StudyContext, writeJson } from "./verb.ts";

/**
 * Shows the plan.
 *
 * @param gpus Models of the machine's GPUs.
 * @returns The exit status.
 */
export async function planVerb(
  context: StudyContext,
  gpus: readonly string[] = gpuModels(),
): Promise<number> {
  const { terminal, workspace } = context;
  const plan = planCells(workspace, [...workspace.graph.values()]);
  const isOpen = plan.some(({ state }) => state !== "up to date");
  const estimates = isOpen ? await loadEstimates(workspace) : undefined;
  const isOnCluster = (context.executor ?? workspace.study.executor.use) !== "local";
  const cores = isOnCluster ? coresOf(plan) : availableParallelism();
  const needs = forecast(workspace, plan, context.jobs ?? cores, estimates, gpus.length);
  if (context.json) {
    const cells = plan.map((planned) => ({
      ...planAsJson(planned),
      ...needs.cells.get(planned.cell),
    }));
    writeJson(terminal, cells);
    return EXIT.ok;
  }
  const paint = paletteOf(terminal);
  for (const planned of plan) {
    if (planned.state === "up to date") continue;
    const why = planned.state === "run" ? planned.reasons.join("; ") : waitText(planned);
    const state = planned.state === "run" ? paint.bold("run  ") : paint.dim("waits");
    terminal.write(`${state} ${planned.cell.id}  ${paint.dim(why)}\n`);
  }
  const cost = costText(needs, freeBytes(workspace.layout.root));
  terminal.write(costTable(needs));
  const queue = isOnCluster ? "; the time in the cluster's queue comes on top" : "";
  terminal.write(`${paint.bold(planSummary(plan))}\n${cost === "" ? "" : `${cost}${queue}\n`}`);
  const idle = isOpen ? unusedGpusText(gpus, workspace.engines.values()) : "";
  if (idle !== "") terminal.write(`${idle}\n`);
  if (context.kernels && workspace.engines.size > 0) terminal.write(`${context.kernels}\n`);
  return EXIT.ok;
}

/** Cores for all cells at once. */
function coresOf(plan: readonly PlannedCell[]): number {
  return plan.reduce((sum, { cell }) => sum + cell.stage.cpus, 0);
}

/** A planned cell as `plan --json` and `why --json` write it. */
export function planAsJson(planned: PlannedCell) {
  const { cell, state } = planned;
  return {
    cell: cell.id,
    stage: cell.stage.name,
    labels: cell.labels,
    state,
    ...(planned.state !== "waits" && { key: planned.key }),
    ...(planned.state === "run" && { reasons: planned.reasons }),
    ...(planned.state === "waits" && { after: planned.for.map(({ id }) => id) }),
  };
}

/** What a waiting cell waits for: `after train[…] and 4 more`. */
export function waitText({ for: upstream }: Extract<PlannedCell, { state: "waits" }>): string {
  const more = upstream.length > 1 ? ` and ${upstream.length - 1} more` : "";
  return `after ${upstream[0]!.id}${more}`;
}

/** `3 cells to run, 4 wait for them, 93 up to date; the last time they took 2 min`. */
export function planSummary(plan: readonly PlannedCell[]): string {
  const count = (state: PlannedCell["state"]) => plan.filter((each) => each.state === state).length;
  if (count("up to date") === plan.length) {
    return `nothing to do: ${counted(plan.length, "cell")} up to date`;
  }
  const seconds = plan.reduce(
    (sum, each) => sum + (each.state === "up to date" ? 0 : each.seconds ?? 0),
    0,
  );
  const past = seconds > 0 ? `; the last time they took ${formatSeconds(seconds)} of work` : "";
  const waits = `${count("waits")} ${count("waits") === 1 ? "waits" : "wait"} for ${
    count("run") === 1 ? "it" : "them"
  }`;
  return `${counted(count("run"), "cell")} to run, ${waits}, ` +
    `${count("up to date")} up to date${past}`;
}

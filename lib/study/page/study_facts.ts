/** Gathers what the report's page says of the run behind the results. */
import { type Cell, labelText } from "../../pipeline/plan/cell.ts";
import { selectParameters } from "../../pipeline/plan/parameters.ts";
import { planCells, type PlannedCell } from "../../pipeline/run/plan.ts";
import type { Workspace } from "../../pipeline/run/workspace.ts";
import { readOrigin } from "../../pipeline/store/attempt.ts";
import { statusOf } from "../../pipeline/verbs/status.ts";
import type {
  CellFacts,
  CellState,
  StageFacts,
  StudyFacts,
} from "../../report/page/study_facts.ts";

/** The state of a study, and the plan that it was read from. */
export function studyFacts(
  workspace: Workspace,
  report: Cell,
): { facts: StudyFacts; plan: ReadonlyMap<Cell, PlannedCell> } {
  const { study, graph } = workspace;
  const plan = new Map(
    planCells(workspace, [...graph.values()]).map((planned) => [planned.cell, planned] as const),
  );
  const profile = study.profile === "default" ? "" : ` --profile ${study.profile}`;
  const facts: StudyFacts = {
    profile: study.profile,
    ...(study.description !== undefined && { description: study.description }),
    command: `deno task pipeline${profile}`,
    stages: [...study.stages.values()].map((stage): StageFacts => ({
      name: stage.name,
      description: stage.description ?? "",
      axes: stage.matrix,
      reads: [...new Set([...stage.inputs.values()].map(({ reference }) => reference.stage))],
    })),
    cells: [...plan.values()].map((planned) => cellFacts(workspace, planned, profile)),
    reportCell: report.id,
    cellOfSource: Object.fromEntries(
      report.inputs.flatMap(({ name, cells }) =>
        cells.map((cell) => [`${name}[${labelText(cell.labels)}]`, cell.id])
      ),
    ),
    environment: [...environmentOf(workspace), ...importsOf(workspace, [...plan.values()])],
  };
  return { facts, plan };
}

function cellFacts(workspace: Workspace, planned: PlannedCell, profile: string): CellFacts {
  const { cell } = planned;
  const module = workspace.modules.get(cell.stage.module)!;
  const axes = Object.entries(cell.labels).map(([axis, label]) => ` --${axis} ${label}`);
  const record = planned.state === "up to date" ? planned.record : undefined;
  const reason = record ? record.reason : reasonOf(workspace, planned);
  return {
    id: cell.id,
    stage: cell.stage.name,
    state: stateOf(workspace, planned),
    ...(reason !== undefined && { reason }),
    ...(planned.state !== "waits" && { key: planned.key }),
    ...(record && { seconds: record.seconds }),
    parameters: selectParameters(cell, module),
    command: `deno task stage ${cell.stage.name}${axes.join("")}${profile}`,
  };
}

function stateOf({ layout }: Workspace, planned: PlannedCell): CellState {
  const { state } = statusOf(layout, planned);
  if (planned.state === "up to date") return planned.record.status === "ok" ? "done" : "diverged";
  return state === "run" ? "to run" : state as CellState;
}

function reasonOf({ layout }: Workspace, planned: PlannedCell): string | undefined {
  if (planned.state === "waits") {
    const [first] = planned.for;
    const more = planned.for.length > 1 ? ` and ${planned.for.length - 1} more` : "";
    return `for ${first!.id}${more}`;
  }
  const { state, note } = statusOf(layout, planned);
  if (state === "failed" || state === "running") return note || undefined;
  return planned.state === "run" ? planned.reasons.join("; ") : undefined;
}

/** Which results nobody here has computed, by the bundle that they came in. */
function importsOf(
  { layout }: Workspace,
  plan: readonly PlannedCell[],
): [string, string][] {
  const done = plan.flatMap((planned) => planned.state === "up to date" ? [planned.record] : []);
  const origins = done.map(({ attempt }) => readOrigin(layout, attempt));
  const bundles = Map.groupBy(origins.filter((each) => each !== undefined), ({ digest }) => digest);
  return [...bundles.values()].map((same) => [
    "imported",
    `${same.length} of ${done.length} results, from ${same[0]!.bundle} (${same[0]!.digest})`,
  ]);
}

function environmentOf({ runtime, engines }: Workspace): [string, string][] {
  const facts = Object.entries(runtime).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const described = new Map<string, string[]>();
  for (const [stage, engine] of engines) {
    const text = Object.entries(engine).map(([name, value]) => `${name} ${value}`).join(", ");
    described.set(text, [...described.get(text) ?? [], stage]);
  }
  for (const [text, stages] of described) facts.push([`engine of ${stages.join(", ")}`, text]);
  return facts;
}

/** `why CELL`: why a cell would run, or on what its result rests. */
import { paletteOf } from "../display/terminal.ts";
import { planCells } from "../run/plan.ts";
import { editsWithoutEffect } from "../run/inspect.ts";
import { selectCells, withUpstream } from "../plan/select.ts";
import { planAsJson, waitText } from "./plan.ts";
import { EXIT, type StudyContext, writeJson } from "./verb.ts";

/** Explains cells. @returns The exit status. */
export function whyVerb(selector: readonly string[], context: StudyContext): number {
  const { terminal, workspace } = context;
  const chosen = new Set(selectCells(workspace.graph, selector));
  const plan = planCells(workspace, withUpstream(workspace.graph, [...chosen]))
    .filter(({ cell }) => chosen.has(cell));
  if (context.json) {
    writeJson(terminal, plan.map(planAsJson));
    return EXIT.ok;
  }
  const paint = paletteOf(terminal);
  for (const planned of plan) {
    const { cell } = planned;
    const lines: string[] = [];
    if (planned.state === "run") lines.push("runs:", ...planned.reasons);
    else if (planned.state === "waits") lines.push("waits:", waitText(planned));
    else {
      lines.push(`up to date: key ${planned.key.slice(0, 12)}, attempt ${planned.record.attempt}`);
      const edits = editsWithoutEffect(workspace, cell, planned.record);
      lines.push(...edits.map((file) => `${file}: edited, no effective change`));
    }
    terminal.write(`${paint.bold(cell.id)}\n${lines.map((line) => `  ${line}\n`).join("")}`);
  }
  return EXIT.ok;
}

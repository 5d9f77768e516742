/** `stage NAME`: runs one stage, at the study's values or at others, and what it needs. */
import { didYouMean } from "../config/suggest.ts";
import { expandAdhoc } from "../plan/expand.ts";
import { withUpstream } from "../plan/select.ts";
import type { Workspace } from "../run/workspace.ts";
import type { StageDeclaration } from "../config/study.ts";
import { executeCells } from "./execute.ts";
import { flagsOf, kebabCase, requestOf, type StageFlag } from "./flags.ts";
import { formatResults, resultRows, tableOutput } from "./results_table.ts";
import { type StudyContext, UsageError, writeJson } from "./verb.ts";

/** A stage and the flags that it takes. */
export interface StageCommand {
  readonly stage: StageDeclaration;
  readonly summary: string;
  readonly flags: readonly StageFlag[];
}

/** Finds a stage by name. @throws {UsageError} If there is none. */
export function findStage(name: string, { study, graph, modules }: Workspace): StageCommand {
  const stage = study.stages.get(name);
  if (!stage) {
    const hint = didYouMean(name, study.stages.keys());
    throw new UsageError(`Cannot run the stage \`${name}\`: the study has none${hint}`);
  }
  const cells = [...graph.values()].filter((cell) => cell.stage === stage);
  const { summary, fields } = modules.get(stage.module)!;
  return { stage, summary, flags: flagsOf(study, stage, cells, fields) };
}

/**
 * Runs the cells that the flags mean, and shows their results.
 *
 * Flags with values of the study choose among its cells. Any other value makes ad-hoc cells: they
 * share the store, but nothing downstream of them runs and they are shown below `view/_adhoc/`.
 *
 * @param given Name of an axis or a parameter → the text of its value.
 * @returns The exit status.
 */
export async function stageVerb(
  { stage, flags }: StageCommand,
  given: ReadonlyMap<string, string>,
  context: StudyContext,
): Promise<number> {
  const { workspace } = context;
  const { study, graph, layout } = workspace;
  const request = requestOf(study, stage, flags, given);
  const { targets, cells } = expandAdhoc(study, graph, request);
  if (targets.length === 0) {
    throw new UsageError(
      `Cannot run \`${stage.name}\`: the study excludes this combination; choose another`,
    );
  }
  const needed = withUpstream(cells, targets);
  const faults = await workspace.check(needed.filter(({ adhoc }) => adhoc));
  if (faults.length > 0) {
    const lines = faults.map(({ flag, message }) =>
      `Cannot use --${kebabCase(flag)} ${given.get(flag) || '""'}: ${message}`
    );
    throw new UsageError([...new Set(lines)].join("\n"));
  }
  const output = tableOutput(stage);
  const toShow = output === undefined ? [] : targets.map((cell) => ({ cell, output }));
  const { summary, exit } = await executeCells(workspace, needed, context, toShow);
  const rows = resultRows(layout, targets, summary.results);
  if (context.json) writeJson(context.terminal, rows);
  else if (output !== undefined && rows.length > 0) {
    context.terminal.write(`\n${formatResults(rows, stage.matrix)}`);
  }
  return exit;
}

/** `run`: brings the whole study up to date, then shows its tables. */
import { printable } from "../display/printable.ts";
import { readBlob } from "../store/objects.ts";
import { pruneView, viewRoot } from "../store/view.ts";
import { executeCells } from "./execute.ts";
import { openLocked } from "./lock.ts";
import { reportCell, reportLine, tryReport } from "./report.ts";
import { EXIT, type StudyContext, UsageError, writeJson } from "./verb.ts";

/** The name of outputs whose text `run` shows at its end. */
const SHOWN_OUTPUT = "terminal";

/** The name of outputs whose text `run --verbose` shows in place of that, and `show` at its end. */
export const FULL_OUTPUT = "full";

/**
 * Runs everything that is not up to date.
 *
 * @param options.locked Holds the results against `pipeline.lock.json`.
 * @param options.tolerance Relative change of numbers that is accepted where bytes differ.
 * @param options.verbose Shows the long text where a cell has one.
 * @returns The exit status: {@link EXIT.unlocked} if results are not the accepted ones.
 * @throws {RangeError} If there is no lock file to hold them against.
 */
export async function runVerb(
  { locked, tolerance, verbose = false }: {
    locked: boolean;
    tolerance?: number | undefined;
    verbose?: boolean;
  },
  context: StudyContext,
): Promise<number> {
  const { workspace } = context;
  const { graph, layout, study } = workspace;
  const cells = [...graph.values()];
  const toShow = cells
    .filter(({ stage }) => stage.outputs.get(SHOWN_OUTPUT)?.kind === "file")
    .map((cell) => ({
      cell,
      output: verbose && cell.stage.outputs.has(FULL_OUTPUT) ? FULL_OUTPUT : SHOWN_OUTPUT,
    }));
  // The report copies what its stage wrote, so that is checked as well.
  const report = reportCell(workspace);
  const toCopy = report
    ? [...report.stage.outputs.keys()].map((output) => ({ cell: report, output }))
    : [];
  const toRead = [...toShow, ...toCopy];
  if (tolerance !== undefined && !locked) {
    throw new UsageError("Cannot use --tolerance without --locked: nothing is compared");
  }
  const lock = locked ? openLocked(workspace, context, tolerance) : undefined;
  const executed = await executeCells(workspace, cells, context, toRead);
  const { summary } = executed;
  const exit = lock && executed.exit !== EXIT.interrupted
    ? lock.compare(summary.results, executed.exit)
    : executed.exit;
  if (exit !== EXIT.interrupted) pruneView(viewRoot(layout, study.profile), cells);
  // An interrupted run leaves the last report as it was.
  const written = exit === EXIT.interrupted ? undefined : await tryReport(workspace, context);
  const isUnwritten = report !== undefined && !written && context.report !== undefined;
  const status = exit === EXIT.ok && isUnwritten ? EXIT.failed : exit;
  if (context.json) {
    writeJson(context.terminal, {
      cells: cells.length,
      ran: summary.ran.map(({ id }) => id),
      failed: summary.failed.map(({ id }) => id),
      blocked: summary.blocked.map(({ id }) => id),
      notStarted: summary.notStarted.map(({ id }) => id),
      interrupted: summary.isInterrupted,
      report: written?.path,
    });
    return status;
  }
  for (const { cell, output } of toShow) {
    const digest = summary.results.get(cell)?.outputs[output]?.digest;
    if (digest === undefined) continue;
    const text = new TextDecoder().decode(readBlob(layout, digest));
    context.terminal.write(`\n${printable(text.trimEnd())}\n`);
  }
  if (written) context.terminal.write(`\n${reportLine(written)}\n`);
  return status;
}

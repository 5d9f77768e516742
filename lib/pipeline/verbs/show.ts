/** `show CELL`: what a cell was computed from, and what came out. */
import { relative } from "node:path";
import { counted, formatBytes, formatSeconds } from "../display/format.ts";
import { printable } from "../display/printable.ts";
import { paletteOf } from "../display/terminal.ts";
import { selectCells, withUpstream } from "../plan/select.ts";
import { planCells } from "../run/plan.ts";
import { selectParameters } from "../plan/parameters.ts";
import { attemptAt, type Origin, readManifest, readOrigin } from "../store/attempt.ts";
import type { Layout } from "../store/layout.ts";
import { readBlob } from "../store/objects.ts";
import type { ResultRecord } from "../store/record.ts";
import { viewFolder, viewRoot } from "../store/view.ts";
import { formatResults, resultRows } from "./results_table.ts";
import { FULL_OUTPUT } from "./run.ts";
import { EXIT, type StudyContext, UsageError, writeJson } from "./verb.ts";

/**
 * Shows cells: one in full, several as a table.
 *
 * @param tidy A file to write them to as one table instead; of all cells if none is named.
 * @returns The exit status.
 */
export async function showVerb(
  selector: readonly string[],
  context: StudyContext,
  tidy?: string,
): Promise<number> {
  const { terminal, workspace } = context;
  const { graph, layout, modules, study } = workspace;
  if (selector.length === 0 && tidy === undefined) {
    throw new UsageError(
      "Cannot show a cell without its name; give one, or --tidy with a file for all of them",
    );
  }
  const cells = selector.length === 0 ? [...graph.values()] : selectCells(graph, selector);
  const plan = new Map(
    planCells(workspace, withUpstream(graph, cells)).map((planned) => [planned.cell, planned]),
  );
  const results = new Map(
    cells.flatMap((cell) => {
      const planned = plan.get(cell)!;
      return planned.state === "up to date" ? [[cell, planned.record] as const] : [];
    }),
  );
  if (tidy !== undefined) {
    // Loaded here alone: the other verbs start without it.
    const { tidyTable, writeTidy } = await import("./tidy.ts");
    const table = tidyTable(workspace, results);
    writeTidy(tidy, table);
    const missing = cells.length - results.size;
    if (context.json) {
      writeJson(terminal, { file: tidy, cells: results.size, columns: table.size, missing });
      return EXIT.ok;
    }
    terminal.write(
      `${tidy}: ${counted(results.size, "cell")}, ${counted(table.size, "column")}` +
        `${missing > 0 ? `; ${missing} without a result so far` : ""}\n`,
    );
    return EXIT.ok;
  }
  if (context.json) {
    writeJson(
      terminal,
      cells.map((cell) => ({
        cell: cell.id,
        labels: cell.labels,
        state: plan.get(cell)!.state,
        parameters: selectParameters(cell, modules.get(cell.stage.module)!),
        folder: viewFolder(viewRoot(layout, study.profile), cell),
        ...results.get(cell),
        imported: importedFrom(layout, results.get(cell)),
      })),
    );
    return EXIT.ok;
  }
  const paint = paletteOf(terminal);
  if (cells.length > 1) {
    terminal.write(formatResults(resultRows(layout, cells, results), cells[0]!.stage.matrix));
    const missing = cells.length - results.size;
    if (missing > 0) {
      terminal.write(paint.dim(`${missing} of ${cells.length} without a result so far\n`));
    }
    return EXIT.ok;
  }
  const [cell] = cells;
  const record = results.get(cell!);
  const parameters = selectParameters(cell!, modules.get(cell!.stage.module)!);
  const lines: [string, string][] = [
    ["cell", cell!.id],
    [
      "state",
      record?.status === "diverged" ? `diverged: ${record.reason}` : plan.get(cell!)!.state,
    ],
    ...Object.entries(parameters).map(([name, value]): [string, string] => [
      `params.${name}`,
      JSON.stringify(value),
    ]),
    ...cell!.inputs.map(({ name, cells }): [string, string] => [
      `inputs.${name}`,
      cells.length === 1 ? cells[0]!.id : `${cells.length} cells of ${cells[0]!.stage.name}`,
    ]),
  ];
  if (record) {
    const folder = viewFolder(viewRoot(layout, study.profile), cell!);
    const outputs = [...cell!.stage.outputs.values()].map(({ name, path }): [string, string] => [
      `outputs.${name}`,
      `${relative(Deno.cwd(), folder)}/${path}, ${formatBytes(record.outputs[name]!.bytes)}`,
    ]);
    lines.push(
      ...outputs,
      ["took", formatSeconds(record.seconds)],
      ["key", record.key],
      ["attempt", record.attempt],
      ["from", originLine(layout, record)],
    );
    const [row] = resultRows(layout, [cell!], results);
    for (const [name, value] of Object.entries(row ?? {})) {
      if (!Object.hasOwn(cell!.labels, name)) lines.push([name, String(value)]);
    }
  }
  const width = Math.max(...lines.map(([name]) => name.length));
  for (const [name, value] of lines) {
    terminal.write(`${paint.dim(name.padEnd(width))}  ${printable(value)}\n`);
  }
  const text = record?.outputs[FULL_OUTPUT];
  if (text && cell!.stage.outputs.get(FULL_OUTPUT)?.kind === "file") {
    const shown = new TextDecoder().decode(readBlob(layout, text.digest));
    terminal.write(`\n${printable(shown.trimEnd())}\n`);
  }
  return EXIT.ok;
}

/** Where a result was computed, and how it came here. */
function originLine(layout: Layout, { attempt }: ResultRecord): string {
  const { host, started, job } = readManifest(attemptAt(layout, attempt)) ?? {};
  const computed = `computed on ${host ?? "an unknown machine"}${
    job === undefined ? "" : ` as ${job}`
  }${started ? `, ${started}` : ""}`;
  const origin = readOrigin(layout, attempt);
  if (!origin) return computed;
  return `${computed}; imported ${origin.at} from ${origin.bundle} (${
    origin.digest.slice(0, 19)
  }…)`;
}

function importedFrom(layout: Layout, record: ResultRecord | undefined): Origin | undefined {
  return record && readOrigin(layout, record.attempt);
}

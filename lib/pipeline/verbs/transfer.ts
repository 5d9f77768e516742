/** `export` and `import`: results from one store to another, in one checked file. */
import { relative, resolve } from "node:path";
import { counted, formatBytes } from "../display/format.ts";
import { paletteOf } from "../display/terminal.ts";
import { selectCells, withUpstream } from "../plan/select.ts";
import { planCells } from "../run/plan.ts";
import { readBundle, writeBundle } from "../store/bundle.ts";
import { checkTarget, refusalText, shownName } from "../store/named_file.ts";
import { prepareLayout } from "../store/layout.ts";
import { bundleDigest, expectationOf } from "./expected_bundle.ts";
import { EXIT, type StudyContext, UsageError, writeJson } from "./verb.ts";

/**
 * Exports cells, and all that they were made from, so that the importing side has nothing to run.
 *
 * @param selectors Cells, one in each text; none for the whole study.
 * @returns The exit status.
 * @throws {UsageError} If a cell has no result.
 */
export async function exportVerb(
  selectors: readonly string[],
  file: string,
  context: StudyContext,
): Promise<number> {
  const { terminal, workspace } = context;
  const { graph, layout, study } = workspace;
  if (study.stages.has(/^[^[/]*/.exec(file)![0])) {
    throw new UsageError(
      `Cannot export to ${file}: it names cells; give the file to write at the end, as ` +
        `results.tar, or ./${file} if that is its name`,
    );
  }
  checkTarget(file);
  const chosen = selectors.length === 0
    ? [...graph.values()]
    : selectors.flatMap((selector) => selectCells(graph, [selector]));
  const plan = planCells(workspace, withUpstream(graph, chosen));
  const records = plan.map((planned) => {
    if (planned.state === "up to date") return planned.record;
    throw new UsageError(
      `Cannot export ${planned.cell.id}: it has no result; run the study, or name other cells`,
    );
  });
  const { objects, bytes } = await writeBundle(layout, records, resolve(file));
  const digest = bundleDigest(resolve(file));
  if (context.json) {
    writeJson(terminal, { file: resolve(file), results: records.length, bytes, digest });
  } else {
    terminal.write(
      `${file}: ${counted(records.length, "result")}, ${counted(objects, "object")}, ` +
        `${formatBytes(bytes)}, ${digest}\n`,
    );
  }
  return EXIT.ok;
}

/**
 * Imports a bundle.
 *
 * @param expected What it has to be, see {@link expectationOf}.
 * @returns The exit status.
 * @throws {BundleFileError} If anything in the file is wrong; nothing is imported then.
 */
export async function importVerb(
  file: string,
  context: StudyContext,
  expected?: string,
): Promise<number> {
  const { terminal } = context;
  const { layout } = context.workspace;
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot import ${shownName(file)}: ${why}; name a bundle`);
  };
  const { isDirectory } = await Deno.stat(file).catch((error) => refuse(refusalText(error)));
  if (isDirectory) refuse("it is a folder");
  prepareLayout(layout);
  const { imported, known, different } = await readBundle(
    layout,
    resolve(file),
    expectationOf(expected, resolve(file)),
  );
  if (context.json) {
    writeJson(terminal, { imported, known, different });
    return EXIT.ok;
  }
  const paint = paletteOf(terminal);
  for (const key of different) {
    terminal.warn(`${paint.bad("differs")} key ${key}: the store has other bytes, which stay\n`);
  }
  terminal.write(
    `${counted(imported.length, "result")} imported into ${relative(Deno.cwd(), layout.root)}, ` +
      `${known.length} known before${different.length > 0 ? `, ${different.length} differ` : ""}\n`,
  );
  return EXIT.ok;
}

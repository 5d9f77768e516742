/** `verify --recompute COUNT`: computes a sample of the published results again. */
import { counted, formatSeconds } from "../display/format.ts";
import { printableLine } from "../display/printable.ts";
import { paletteOf } from "../display/terminal.ts";
import { compareCodeUnits, sha256 } from "../key/canonical.ts";
import type { Cell } from "../plan/cell.ts";
import { jobOf, keyDocumentOf } from "../run/inspect.ts";
import { localExecutor } from "../run/local_executor.ts";
import { outputFiles } from "../run/output_files.ts";
import { planCells } from "../run/plan.ts";
import { scratchStore } from "../run/scratch_store.ts";
import { prepareLayout } from "../store/layout.ts";
import { readOrigin } from "../store/attempt.ts";
import type { ResultRecord } from "../store/record.ts";
import { EXIT, type StudyContext, UsageError, writeJson } from "./verb.ts";

/** What is drawn. */
export interface SampleOptions {
  /** How many results; all if there are fewer. */
  readonly count: number;
  /** Of the draw; each seed draws another sample. */
  readonly seed: number;
}

/** What came of one cell. */
interface Recomputed {
  readonly cell: string;
  readonly isImported: boolean;
  /** Files with other bytes; `undefined` where the computation failed. */
  readonly different: readonly string[] | undefined;
  readonly reason?: string;
}

/**
 * Computes a random sample of the study's results again, in stores of their own, and compares the
 * bytes with the published ones, which stay. Imported results come first: nobody here has seen how
 * they were made.
 *
 * @returns The exit status: {@link EXIT.failed} if a result is not what its code gives here.
 * @throws {UsageError} If there are no results.
 */
export async function recomputeVerb(
  { count, seed }: SampleOptions,
  context: StudyContext,
): Promise<number> {
  const { terminal, json, workspace, interrupt: { signal } } = context;
  const { graph, layout } = workspace;
  const results = new Map<Cell, ResultRecord>();
  for (const planned of planCells(workspace, [...graph.values()])) {
    if (planned.state === "up to date") results.set(planned.cell, planned.record);
  }
  if (results.size === 0) {
    throw new UsageError("Cannot recompute: the study has no results yet; run it first");
  }
  prepareLayout(layout);
  const isImported = (cell: Cell) => readOrigin(layout, results.get(cell)!.attempt) !== undefined;
  const paint = paletteOf(terminal);
  const outcomes: Recomputed[] = [];
  for (const cell of sampleOf([...results.keys()], { count, seed }, isImported)) {
    if (signal.aborted) break;
    const document = keyDocumentOf(workspace, cell, (each) => results.get(each));
    const record = results.get(cell)!;
    using scratch = scratchStore(layout, jobOf(workspace, cell, { key: record.key, document }));
    const executor = localExecutor({ worker: context.worker, artifacts: scratch.layout.root });
    const stop = () => executor.stop("SIGTERM");
    signal.addEventListener("abort", stop);
    const started = performance.now();
    const outcome = await executor.execute(cell.stage, scratch.job, () => {});
    signal.removeEventListener("abort", stop);
    if (signal.aborted) break;
    const published = outputFiles(layout, cell, record);
    const own = outcome.kind === "published"
      ? outputFiles(scratch.layout, cell, outcome.record)
      : undefined;
    const different = own &&
      [...new Set([...published.keys(), ...own.keys()])]
        .filter((file) => published.get(file) !== own.get(file));
    const result: Recomputed = {
      cell: cell.id,
      isImported: isImported(cell),
      different,
      ...(outcome.kind === "failed" && { reason: outcome.reason }),
    };
    outcomes.push(result);
    if (json) continue;
    const took = formatSeconds((performance.now() - started) / 1000);
    const origin = result.isImported ? ", imported" : "";
    if (different?.length === 0) terminal.write(`same    ${cell.id}  ${took}${origin}\n`);
    else {
      const what = different?.join(", ") ?? result.reason ?? outcome.kind;
      terminal.write(`${paint.bad("differs")} ${cell.id}  ${printableLine(what)}${origin}\n`);
    }
  }
  const wrong = outcomes.filter(({ different }) => different?.length !== 0).length;
  if (json) writeJson(terminal, { seed, of: results.size, recomputed: outcomes });
  else {
    terminal.write(
      `${counted(outcomes.length, "result")} of ${results.size} computed again (seed ${seed}): ` +
        (wrong === 0 ? "the same bytes\n" : `${wrong} with other bytes or none\n`),
    );
  }
  if (signal.aborted) return EXIT.interrupted;
  return wrong === 0 ? EXIT.ok : EXIT.failed;
}

/** Cells in an order that the seed decides, imported ones first. */
function sampleOf(
  cells: readonly Cell[],
  { count, seed }: SampleOptions,
  isImported: (cell: Cell) => boolean,
): Cell[] {
  const rank = (cell: Cell) => `${isImported(cell) ? 0 : 1} ${sha256(`${seed} ${cell.id}`)}`;
  return cells.map((cell) => ({ cell, rank: rank(cell) }))
    .sort((a, b) => compareCodeUnits(a.rank, b.rank))
    .slice(0, count).map(({ cell }) => cell);
}

/** `check --twice CELL`, `check --interrupt CELL`: computes a cell twice more, compares the bytes. */
import { printableLine } from "../display/printable.ts";
import { paletteOf } from "../display/terminal.ts";
import { selectCells, withUpstream } from "../plan/select.ts";
import { executeInterrupted } from "../run/interruptions.ts";
import { jobOf, keyDocumentOf } from "../run/inspect.ts";
import { localExecutor } from "../run/local_executor.ts";
import { scratchStore } from "../run/scratch_store.ts";
import { keyOf } from "../key/preimage.ts";
import { outputFiles } from "../run/output_files.ts";
import { prepareLayout } from "../store/layout.ts";
import { executeCells } from "./execute.ts";
import { EXIT, type StudyContext, UsageError, writeJson } from "./verb.ts";

/** How often the second computation is killed, at most. */
const KILLS = 5;

/**
 * Computes a cell twice in stores of their own, after bringing what it reads up to date.
 *
 * The published result stays as it is.
 *
 * @param how `twice`: both times alike; `interrupt`: the second time its worker is killed at random
 *   moments, and goes on from its checkpoints.
 * @returns The exit status: {@link EXIT.failed} if the bytes differ or the stage fails.
 * @throws {UsageError} If the selector means several cells.
 */
export async function checkCellVerb(
  selector: string,
  how: "twice" | "interrupt",
  context: StudyContext,
): Promise<number> {
  const { terminal, workspace, interrupt: { signal } } = context;
  const { graph, layout } = workspace;
  const [cell, ...others] = selectCells(graph, [selector]);
  if (others.length > 0) {
    throw new UsageError(
      `Cannot check ${others.length + 1} cells at once; name one, as in \`${cell!.id}\``,
    );
  }
  prepareLayout(layout);
  const upstream = withUpstream(graph, [cell!]).filter((each) => each !== cell);
  const { summary, exit } = await executeCells(workspace, upstream, context, []);
  const fail = (error: string, status: number): number => {
    if (context.json) writeJson(terminal, { cell: cell!.id, error, exit: status });
    return status;
  };
  if (exit !== EXIT.ok) return fail("what it reads came to no result", exit);
  const document = keyDocumentOf(workspace, cell!, (each) => summary.results.get(each));
  const job = jobOf(workspace, cell!, { key: keyOf(document.preimage), document });
  const digests: ReadonlyMap<string, string>[] = [];
  let seconds = 0;
  let story = "";
  for (const time of ["first", "second"]) {
    using scratch = scratchStore(layout, job);
    const executor = localExecutor({
      worker: context.worker,
      artifacts: scratch.layout.root,
      env: { BASIN_CHECKPOINT_SECONDS: "0" }, // as often as their cost allows
    });
    const stop = () => executor.stop("SIGTERM");
    signal.addEventListener("abort", stop);
    const started = performance.now();
    const attempts = how === "interrupt" && time === "second" ? KILLS : 0;
    const { outcome, kills, resumed } = await executeInterrupted(
      executor,
      cell!.stage,
      scratch,
      { seconds, attempts, signal },
    );
    seconds = (performance.now() - started) / 1000;
    signal.removeEventListener("abort", stop);
    if (attempts > 0) {
      const moments = kills.map((kill) => `${kill.toFixed(2)} s`).join(", ") || "none";
      story = `; killed after ${moments}; ${resumed} times on from a checkpoint`;
    }
    if (outcome.kind !== "published") {
      const reason = outcome.kind === "failed" ? outcome.reason : outcome.kind;
      terminal.warn(`${cell!.id} came to no result the ${time} time: ${printableLine(reason)}\n`);
      return fail(reason, signal.aborted ? EXIT.interrupted : EXIT.failed);
    }
    digests.push(outputFiles(scratch.layout, cell!, outcome.record));
  }
  const different = [...new Set(digests.flatMap((files) => [...files.keys()]))]
    .filter((file) => digests[0]!.get(file) !== digests[1]!.get(file));
  if (context.json) {
    writeJson(terminal, { cell: cell!.id, files: digests[0]!.size, different });
  } else {
    const paint = paletteOf(terminal);
    for (const file of different) terminal.write(`${paint.bad("differs")} ${file}\n`);
    terminal.write(
      different.length === 0
        ? `${cell!.id}: the same bytes both times (${[...digests[0]!.keys()].join(", ")})${story}\n`
        : `${cell!.id}: other bytes the second time; the stage is not reproducible${story}\n`,
    );
  }
  return different.length === 0 ? EXIT.ok : EXIT.failed;
}

/** `lock` accepts the results that there are; `run --locked` holds a run against them. */
import { relative } from "node:path";
import { counted } from "../display/format.ts";
import { paletteOf } from "../display/terminal.ts";
import type { Cell } from "../plan/cell.ts";
import {
  type LockDifference,
  lockDifferences,
  lockedCell,
  type LockedCells,
  lockFilePath,
  readLockFile,
  writeLockFile,
} from "../run/lock_file.ts";
import { type LockedNumbers, numbersOf } from "../run/lock_numbers.ts";
import { compareNumbers, type MovedField } from "../run/lock_tolerance.ts";
import { planCells } from "../run/plan.ts";
import type { Workspace } from "../run/workspace.ts";
import type { Layout } from "../store/layout.ts";
import { readBlob } from "../store/objects.ts";
import type { ResultRecord } from "../store/record.ts";
import { EXIT, type StudyContext, UsageError, writeJson } from "./verb.ts";

/**
 * Writes `pipeline.lock.json` from the results of the study under the active profile.
 *
 * @returns The exit status.
 * @throws {UsageError} If a cell has no result.
 */
export function lockVerb(context: StudyContext): number {
  const { terminal, workspace } = context;
  const { graph, study } = workspace;
  const cells: LockedCells = {};
  for (const planned of planCells(workspace, [...graph.values()])) {
    if (planned.state !== "up to date") {
      throw new UsageError(
        `Cannot accept the study as it stands: ${planned.cell.id} has no result; run it first`,
      );
    }
    cells[planned.cell.id] = lockedCell(
      planned.record,
      jsonNumbers(workspace.layout, planned.cell, planned.record),
    );
  }
  const path = lockFilePath(study.root);
  writeLockFile(path, study.profile, cells);
  if (context.json) writeJson(terminal, { file: path, cells: graph.size });
  else {
    terminal.write(`${counted(graph.size, "cell")} accepted in ${relative(Deno.cwd(), path)}\n`);
  }
  return EXIT.ok;
}

/** The numbers of a cell's outputs that are JSON files. */
function jsonNumbers(
  layout: Layout,
  { stage }: Cell,
  { outputs }: ResultRecord,
): Record<string, LockedNumbers> {
  const files = [...stage.outputs.values()]
    .filter(({ name, path, kind }) => kind === "file" && path.endsWith(".json") && outputs[name]);
  return Object.fromEntries(files.map(({ name }) => {
    const text = new TextDecoder().decode(readBlob(layout, outputs[name]!.digest));
    return [name, numbersOf(text)];
  }));
}

/** Accepted results, read before a run, so that a missing lock file is found before the work. */
export interface LockedRun {
  /** Reports in what the run differs. @returns The exit status, `exit` if it does not. */
  compare(results: ReadonlyMap<Cell, ResultRecord>, exit: number): number;
}

/**
 * Opens the lock file of a study.
 *
 * @param tolerance Relative change of a number that is accepted; without it bytes have to be equal.
 * @throws {RangeError} If it cannot be read.
 */
export function openLocked(
  { study: { root, profile }, layout, graph }: Workspace,
  { terminal }: Pick<StudyContext, "terminal">,
  tolerance?: number,
): LockedRun {
  const cells = [...graph.values()];
  const byId = new Map(cells.map((cell) => [cell.id, cell]));
  const locked = readLockFile(lockFilePath(root), profile);
  const paint = paletteOf(terminal);
  const say = ({ cell, text, isHarmless }: LockDifference) =>
    terminal.warn(`${isHarmless ? paint.dim("note") : paint.bad("differs")} ${cell}  ${text}\n`);
  return {
    compare(results, exit) {
      const all = new Map(cells.map((cell) => [cell.id, results.get(cell)]));
      const tolerated = tolerance === undefined ? undefined : compareNumbers(
        locked,
        all,
        tolerance,
        (id, record) => jsonNumbers(layout, byId.get(id)!, record),
      );
      const differences = lockDifferences(locked, all).map((difference) =>
        tolerated?.tolerated.has(difference.cell) && !difference.isHarmless
          ? { ...difference, isHarmless: true, isTolerated: true }
          : difference
      );
      for (const field of tolerated?.fields ?? []) terminal.warn(`${movedLine(field)}\n`);
      differences.filter((each) => !("isTolerated" in each)).forEach(say);
      const real = differences.filter(({ isHarmless }) => !isHarmless).length;
      if (real === 0) return exit;
      terminal.warn(
        `${counted(real, "difference")} from pipeline.lock.json; ` +
          "if they are meant, accept them with `deno task basin lock`\n",
      );
      return exit === EXIT.ok ? EXIT.unlocked : exit;
    },
  };
}

/** `moved sharpness.metrics.percent in 20 of 40 cells, by at most 3.1e-4 (sharpness[…])` */
function movedLine({ field, cells, moved, most, worst, isWithin }: MovedField): string {
  const by = Number.isFinite(most) ? `by at most ${most.toExponential(1)}` : "new or gone";
  return `${isWithin ? "moved  " : "differs"} ${field} in ${moved} of ${counted(cells, "cell")}, ` +
    `${by} (${worst})`;
}

/** What cells took in the past, under any profile, and how fast they worked. */
import { collectStudy } from "../config/parse_study.ts";
import { FaultList } from "../config/fault.ts";
import { profileNames } from "../config/source_text.ts";
import type { Cell } from "../plan/cell.ts";
import { expandStudy } from "../plan/expand.ts";
import { readKeyDocument } from "../store/attempt.ts";
import type { ResultRecord } from "../store/record.ts";
import { acceleratorOf, deviceOf } from "./device.ts";
import { lastResult } from "./inspect.ts";
import { engineThen } from "./last_on_device.ts";
import type { WorkOf } from "./planned_work.ts";
import type { Workspace } from "./workspace.ts";

/** Shorter runs are mostly the start of a process. */
const LEAST_SECONDS = 5;

/** A run of which both the work and the time are known. */
export interface PastRun {
  /** `run` of the YAML. */
  readonly run: string;
  readonly kind: string | undefined;
  /** What it was computed on; see `deviceOf()`. */
  readonly device: string;
  readonly operations: number;
  /** Times cores; an accelerator's as they are. */
  readonly seconds: number;
}

/** The runs that the views of all profiles show, of stages that this workspace has loaded. */
export function pastRuns(workspace: Workspace, workOf: WorkOf): PastRun[] {
  return studiesOf(workspace).flatMap((study) => {
    const cells = expandStudy(study, new FaultList(study.source));
    return [...cells.values()].flatMap((cell): PastRun[] => {
      if (!workspace.modules.has(cell.stage.module)) return [];
      const record = lastResult({ layout: workspace.layout, study }, cell);
      const work = record && workThen(workspace, cell, record, workOf);
      if (!work || work.operations === 0 || record.seconds < LEAST_SECONDS) return [];
      const { run, cpus } = cell.stage;
      const engine = engineThen(workspace, record);
      const seconds = record.seconds * (acceleratorOf(engine) ? 1 : cpus);
      return [{ run, ...work, kind: work.kind, device: deviceOf(engine), seconds }];
    });
  });
}

/** The work of a cell's past result, under the parameters that it then had. */
export function workThen(
  { layout }: Pick<Workspace, "layout">,
  cell: Cell,
  record: ResultRecord,
  workOf: WorkOf,
) {
  return workOf(cell, readKeyDocument(layout, record.attempt)?.preimage.params);
}

/**
 * Seconds of one core, or of an accelerator, for an operation: of runs of the same stage and kind, else of the kind, else
 * of the stage, else of all; `undefined` if there are none. Only those on one device count, and long
 * runs by their length.
 */
export function secondsPerOperation(
  past: readonly PastRun[],
  of: Pick<PastRun, "run" | "kind" | "device">,
): number | undefined {
  const likeness: ((one: PastRun) => boolean)[] = [
    ({ run, kind }) => run === of.run && kind === of.kind,
    ({ kind }) => kind === of.kind,
    ({ run }) => run === of.run,
    () => true,
  ];
  for (const isLike of likeness) {
    const like = past.filter((one) => one.device === of.device && isLike(one));
    if (like.length === 0) continue;
    const sum = (of: (one: PastRun) => number) => like.reduce((total, one) => total + of(one), 0);
    return sum(({ seconds }) => seconds) / sum(({ operations }) => operations);
  }
  return undefined;
}

/** The study under every profile that can be read; a fault of another profile is not this one's. */
function studiesOf({ study }: Workspace) {
  const { source, root } = study;
  return [...new Set(["default", ...profileNames(source)])].flatMap((profile) => {
    const { name, text, studies } = source;
    const { study, faults } = collectStudy(text, { name, root, profile, studies });
    return faults.size === 0 ? [study] : [];
  });
}

/** What every verb gets from the command line's edge. */
import type { ExecutorName } from "../config/executor.ts";
import type { Terminal } from "../display/terminal.ts";
import type { FaultyProfiles } from "../open/profiles.ts";
import type { Workspace } from "../run/workspace.ts";

/** A report on disk. */
export interface WrittenReport {
  /** Absolute path of the page. */
  readonly path: string;
  /** Cells without a result; the page says why. */
  readonly missing: number;
}

/** The surroundings of a verb. */
export interface VerbContext {
  readonly terminal: Terminal;
  /** Write results as JSON to stdout. */
  readonly json: boolean;
  /** Cores to use; all of them if left out. */
  readonly jobs?: number | undefined;
  /** Start nothing more once a cell has failed. */
  readonly failFast?: boolean;
  /** Whether damaged results are made again, the default, or left as they are. */
  readonly repair?: boolean;
  /** Absolute path of the worker's module. */
  readonly worker: string;
  /** Absolute path of the module that a job on a cluster runs. */
  readonly batchTask: string;
  /** Where cells are computed; as the study says if left out. */
  readonly executor?: ExecutorName | undefined;
  /** Whether Ctrl-C leaves a cluster's jobs as they are. */
  readonly detach?: boolean | undefined;
  /** Which kernels the engine computes with, and who chose them; empty for the defaults. */
  readonly kernels?: string;
  /** Writes the report of a study as it stands; `undefined` if the study has none. */
  readonly report?: (workspace: Workspace) => Promise<WrittenReport | undefined>;
  /** Writes the reports of all studies that have results, and a page of them all. */
  readonly overview?: (workspaces: readonly Workspace[]) => Promise<WrittenReport>;
  /** The first Ctrl-C, and the second one. */
  readonly interrupt: { readonly signal: AbortSignal; readonly kill: AbortSignal };
}

/** The surroundings of a verb that works on the study. */
export interface StudyContext extends VerbContext {
  /** Opened by the command line, under the profile that it names. */
  readonly workspace: Workspace;
}

/** The surroundings of a verb that looks at the study under each of its profiles. */
export interface ProfilesContext extends VerbContext {
  /** Those without faults, `default` first. */
  readonly workspaces: readonly [Workspace, ...Workspace[]];
  /** Those that are left out, with what is wrong with them; `undefined` if there are none. */
  readonly faulty: FaultyProfiles | undefined;
}

/** Exit statuses. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  corrupt: 3,
  unlocked: 4,
  interrupted: 130,
} as const;

/** The command line cannot be understood; `message` says how to mend it. */
export class UsageError extends RangeError {
  override name = "UsageError";
}

/** Writes a value as JSON to stdout. */
export function writeJson(terminal: Terminal, value: unknown): void {
  terminal.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

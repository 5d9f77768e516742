/** A study under each of its profiles, for verbs that look at all of them. */
import { type FaultSection, isSameFault, StudyError } from "../config/fault.ts";
import { profileNames, type SourceText } from "../config/source_text.ts";
import type { Workspace } from "../run/workspace.ts";
import { openWorkspace, type WorkspaceOptions } from "./open_workspace.ts";

/** The profiles that cannot be used. */
export interface FaultyProfiles {
  readonly names: readonly string[];
  /** All their faults, each once. */
  readonly error: StudyError;
}

/** A study under its profiles. */
export interface OpenedProfiles {
  /** Those without faults, `default` first. */
  readonly workspaces: readonly Workspace[];
  /** `undefined` if there are none. */
  readonly faulty: FaultyProfiles | undefined;
}

/** Opens the study under every profile. */
export async function openProfiles(
  options: Omit<WorkspaceOptions, "profile">,
): Promise<OpenedProfiles> {
  const workspaces: Workspace[] = [];
  const faulty: string[] = [];
  const sections: FaultSection[] = [];
  const open = async (profile: string): Promise<SourceText> => {
    try {
      const workspace = await openWorkspace({ ...options, profile });
      workspaces.push(workspace);
      return workspace.study.source;
    } catch (error) {
      if (!(error instanceof StudyError)) throw error;
      faulty.push(profile);
      sections.push(...newSections(profile, error, sections));
      return error.sections[0]!.source;
    }
  };
  const source = await open("default");
  for (const profile of profileNames(source)) if (profile !== "default") await open(profile);
  const error = sections.length === 0 ? undefined : new StudyError(sections);
  return { workspaces, faulty: error && { names: faulty, error } };
}

/** What is wrong under a profile alone: a fault of the whole study is found under each of them. */
function newSections(
  profile: string,
  { sections }: StudyError,
  known: readonly FaultSection[],
): FaultSection[] {
  const told = known.flatMap(({ faults }) => faults);
  const heading = profile === "default" ? {} : { heading: `under the profile \`${profile}\`:` };
  return sections.flatMap(({ faults, source }) => {
    const found = faults.filter((fault) => !told.some((other) => isSameFault(fault, other)));
    return found.length === 0 ? [] : [{ ...heading, faults: found, source }];
  });
}
